import { describe, expect, test } from '@jest/globals';
import { PointerGesture } from './pointerGesture.ts';

const at = (x: number, y: number, timeMs: number, pointerId = 1) => ({ x, y, timeMs, pointerId });

function clicked(gesture: PointerGesture, x: number, y: number, timeMs: number): string {
  gesture.press(at(x, y, timeMs));
  return gesture.release(at(x, y, timeMs + 20)).kind;
}

describe('PointerGesture', () => {
  test('takes a press and release at one place for a click, however long the button was held', () => {
    const gesture = new PointerGesture();
    gesture.press(at(10, 10, 0));
    expect(gesture.release(at(12, 11, 5000))).toEqual({ kind: 'click' });
  });

  test('takes a drag for no click, even one that comes back', () => {
    const gesture = new PointerGesture();
    const path = [at(10, 10, 0), at(60, 10, 50), at(10, 10, 100), at(10, 10, 120)];
    gesture.press(path[0]!);
    expect(gesture.move(path[1]!)).toEqual(path.slice(0, 2));
    gesture.move(path[2]!);
    expect(gesture.release(path[3]!)).toEqual({ kind: 'drag', path });
  });

  test('tells of no drag while the hand only trembles, nor while no button is pressed', () => {
    const gesture = new PointerGesture();
    expect(gesture.move(at(90, 90, 0))).toBeUndefined();
    gesture.press(at(10, 10, 10));
    expect(gesture.move(at(12, 11, 20))).toBeUndefined();
  });

  test('takes two fingers for neither a drawing nor a click', () => {
    const gesture = new PointerGesture();
    gesture.press(at(10, 10, 0, 1));
    gesture.press(at(200, 10, 20, 2));
    expect(gesture.move(at(260, 10, 40, 2))).toBeUndefined();
    expect(gesture.release(at(10, 10, 60, 1))).toEqual({ kind: 'nothing' });
    expect(gesture.release(at(260, 10, 80, 2))).toEqual({ kind: 'nothing' });
    expect(clicked(gesture, 10, 10, 1000)).toBe('click');
  });

  test('goes on drawing with one finger whatever another does that was not pressed here', () => {
    const gesture = new PointerGesture();
    gesture.press(at(10, 10, 0, 1));
    expect(gesture.move(at(90, 90, 10, 2))).toBeUndefined();
    expect(gesture.release(at(90, 90, 20, 2))).toEqual({ kind: 'nothing' });
    expect(gesture.release(at(60, 10, 30, 1))).toMatchObject({ kind: 'drag' });
  });

  test('takes a press whose release got lost for over when the same pointer presses again', () => {
    const gesture = new PointerGesture();
    gesture.press(at(10, 10, 0));
    expect(clicked(gesture, 90, 90, 500)).toBe('click');
  });

  test('takes a double-click for one click', () => {
    const gesture = new PointerGesture();
    expect([clicked(gesture, 10, 10, 0), clicked(gesture, 11, 10, 200)]).toEqual(['click', 'nothing']);
  });

  test('takes two quick clicks at different places for two', () => {
    const gesture = new PointerGesture();
    expect([clicked(gesture, 10, 10, 0), clicked(gesture, 40, 10, 100)]).toEqual(['click', 'click']);
  });

  test('takes two slow clicks at one place for two', () => {
    const gesture = new PointerGesture();
    expect([clicked(gesture, 10, 10, 0), clicked(gesture, 10, 10, 1000)]).toEqual(['click', 'click']);
  });

  test('takes a release without a press, or after it was cancelled, for nothing', () => {
    const gesture = new PointerGesture();
    expect(gesture.release(at(0, 0, 0)).kind).toBe('nothing');
    gesture.press(at(0, 0, 10));
    gesture.move(at(50, 0, 20));
    gesture.cancel();
    expect(gesture.release(at(60, 0, 30)).kind).toBe('nothing');
  });
});

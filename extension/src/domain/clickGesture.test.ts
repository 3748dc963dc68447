import { describe, expect, test } from '@jest/globals';
import { ClickGesture } from './clickGesture.ts';

const at = (x: number, y: number, timeMs: number) => ({ x, y, timeMs });

function clicked(gesture: ClickGesture, x: number, y: number, timeMs: number): boolean {
  gesture.press(at(x, y, timeMs));
  return gesture.release(at(x, y, timeMs + 20));
}

describe('ClickGesture', () => {
  test('takes a press and release at one place for a click, however long the button was held', () => {
    const gesture = new ClickGesture();
    gesture.press(at(10, 10, 0));
    expect(gesture.release(at(12, 11, 5000))).toBe(true);
  });

  test('takes a drag for no click, even one that comes back', () => {
    const gesture = new ClickGesture();
    gesture.press(at(10, 10, 0));
    gesture.move(at(60, 10, 50));
    gesture.move(at(10, 10, 100));
    expect(gesture.release(at(10, 10, 120))).toBe(false);
  });

  test('takes a double-click for one click', () => {
    const gesture = new ClickGesture();
    expect([clicked(gesture, 10, 10, 0), clicked(gesture, 11, 10, 200)]).toEqual([true, false]);
  });

  test('takes two quick clicks at different places for two', () => {
    const gesture = new ClickGesture();
    expect([clicked(gesture, 10, 10, 0), clicked(gesture, 40, 10, 100)]).toEqual([true, true]);
  });

  test('takes two slow clicks at one place for two', () => {
    const gesture = new ClickGesture();
    expect([clicked(gesture, 10, 10, 0), clicked(gesture, 10, 10, 1000)]).toEqual([true, true]);
  });

  test('takes a release without a press for nothing', () => {
    expect(new ClickGesture().release(at(0, 0, 0))).toBe(false);
  });
});

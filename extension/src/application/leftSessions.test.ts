import { beforeEach, describe, expect, test } from '@jest/globals';
import { middleOf } from '../domain/drawnPrompt.ts';
import { NoAnswer } from '../domain/failure.ts';
import { activeSegment } from '../domain/promptSession.ts';
import { FakeDesk, settled } from './fixtures/fakeDesk.ts';
import { SERIES } from './fixtures/fakeServer.ts';
import { FakeView } from './fixtures/fakeView.ts';
import { LeftSessions } from './leftSessions.ts';

let desk: FakeDesk;
let told: number[];
let left: LeftSessions;
beforeEach(() => {
  desk = new FakeDesk();
  told = [];
  left = new LeftSessions(steps => told.push(steps));
});

function loseAnswersTo(prompt: string): void {
  for (let attempt = 0; attempt < 4; attempt += 1) {
    desk.server.faults.push({ on: prompt, error: new NoAnswer('gone'), lost: false });
  }
}

function placesAtServer(): unknown[] {
  return desk.server.segmentation!.segments[0]!.prompts.map(({ prompt }) => middleOf(prompt)?.[0]);
}

describe('a session that the reader leaves', () => {
  test('keeps clicks that failed for the reader who comes back, says so once, and sends none by itself', async () => {
    const runner = desk.newRunner();
    runner.click([1, 0, 0]);
    await settled(runner);
    loseAnswersTo('prompt 3');
    runner.click([2, 0, 0]);
    runner.click([3, 0, 0]);
    await settled(runner);
    left.add(runner);
    expect(told).toEqual([2]);
    expect(left.take({ ...SERIES, studyInstanceUID: '1.9' })).toBeUndefined();
    expect(left.take({ ...SERIES, image: { sopInstanceUID: '1.2.3.4' } })).toBeUndefined();
    expect(left.take(SERIES)).toBe(runner);
    const view = new FakeView();
    await runner.comeBack(view);
    expect(view.labels.slice(0, 2)).toEqual([1, 0]);
    expect(view.shown.map(({ segmentNumber }) => segmentNumber)).toEqual([1]);
    expect(runner.getSession().failure).toMatchObject({ retriable: true });
    expect(placesAtServer()).toEqual([1]);
    runner.retry();
    await settled(runner);
    expect(placesAtServer()).toEqual([1, 2, 3]);
    expect(view.labels.slice(0, 4)).toEqual([1, 1, 1, 0]);
    expect(activeSegment(runner.getSession()).prompts).toHaveLength(3);
    expect(told).toHaveLength(1);
  });

  test('sends the clicks that were on their way, without anything to show them in', async () => {
    const runner = desk.newRunner();
    const { view } = desk;
    runner.click([1, 0, 0]);
    runner.click([2, 0, 0]);
    left.add(runner);
    await settled(runner);
    expect(placesAtServer()).toEqual([1, 2]);
    expect(view.painted).toEqual([]);
    expect(told).toEqual([]);
    expect(left.take(SERIES)).toBeUndefined();
  });

  test('says so, too, of clicks that fail after the reader has left', async () => {
    const runner = desk.newRunner();
    loseAnswersTo('prompt 2');
    runner.click([1, 0, 0]);
    left.add(runner);
    await settled(runner);
    expect(told).toEqual([1]);
    expect(left.take(SERIES)).toBe(runner);
  });

  test('shows nothing in a view that the reader has left again before it was open', async () => {
    const runner = desk.newRunner();
    loseAnswersTo('prompt 2');
    runner.click([1, 0, 0]);
    await settled(runner);
    left.add(runner);
    const view = new FakeView();
    const back = left.take(SERIES)!.comeBack(view);
    left.add(runner);
    await back;
    runner.retry();
    await settled(runner);
    expect(placesAtServer()).toEqual([1]);
    expect(view.painted).toEqual([]);
  });

  test('is shown to the reader who comes back also where one of the viewports closes meanwhile', async () => {
    const runner = desk.newRunner();
    runner.click([1, 0, 0]);
    await settled(runner);
    runner.leave();
    const view = new FakeView();
    view.open = () => Promise.reject(new Error('the viewport is gone'));
    await runner.comeBack(view);
    expect(view.labels.slice(0, 2)).toEqual([1, 0]);
    expect(runner.getSession().failure).toBeNull();
  });

  test('gives up no click for a view that cannot show it, and shows it when that is tried again', async () => {
    const runner = desk.newRunner();
    runner.click([1, 0, 0]);
    await settled(runner);
    const view = new FakeView();
    const paint = view.paint.bind(view);
    view.paint = () => {
      throw new Error('1 of 1 changed slices are not among the images shown.');
    };
    const { addPrompt } = desk.server;
    let answer = (): void => undefined;
    desk.server.addPrompt = async (...asked) => {
      await new Promise<void>(resolve => (answer = resolve));
      return addPrompt(...asked);
    };
    runner.click([2, 0, 0]);
    runner.click([3, 0, 0]);
    runner.leave();
    await runner.comeBack(view);
    runner.dismiss();
    view.paint = paint;
    desk.server.addPrompt = addPrompt;
    answer();
    await settled(runner);
    expect(placesAtServer()).toEqual([1, 2, 3]);
    expect(view.labels.slice(0, 4)).toEqual([1, 1, 1, 0]);
    view.paint = () => {
      throw new Error('1 of 1 changed slices are not among the images shown.');
    };
    runner.leave();
    await runner.comeBack(view);
    expect(runner.getSession().failure).toMatchObject({ title: 'The viewer could not show the result' });
    view.paint = paint;
    view.labels = [];
    runner.retry();
    expect(view.labels.slice(0, 4)).toEqual([1, 1, 1, 0]);
    expect(runner.getSession().failure).toBeNull();
  });
});

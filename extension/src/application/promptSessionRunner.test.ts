import { beforeEach, describe, expect, test } from '@jest/globals';
import { activeSegment, pendingPrompts } from '../domain/promptSession.ts';
import { FakeDesk, settled } from './fixtures/fakeDesk.ts';
import { SLICE } from './fixtures/fakeServer.ts';

let desk: FakeDesk;
beforeEach(() => {
  desk = new FakeDesk();
});

describe('PromptSessionRunner', () => {
  test('has the server prepare for a first click, and for no later one', async () => {
    const runner = desk.newRunner();
    runner.expectClick([1, 2, 3]);
    expect(desk.server.calls).toEqual(['warmPoint']);
    runner.click([1, 2, 3]);
    runner.expectClick([1, 2, 4]);
    await settled(runner);
    runner.expectClick([1, 2, 5]);
    expect(desk.server.calls.filter(call => call === 'warmPoint')).toHaveLength(1);
    runner.addSegment();
    runner.expectClick([1, 2, 6]);
    expect(desk.server.calls.at(-1)).toBe('warmPoint');
  });

  test('creates the segmentation and the segment with the first click, and paints the reply', async () => {
    const runner = desk.newRunner();
    runner.open();
    runner.click([1, 2, 3]);
    await settled(runner);
    expect(desk.server.calls).toEqual(['warm', 'find', 'create', 'addSegment', 'prompt 2']);
    expect(desk.view.labels).toEqual([1, 0, 0, 0, 0, 0, 0, 0]);
    expect(desk.view.painted.at(-1)).toEqual([SLICE]);
    expect(desk.view.shown.map(({ segmentNumber, label }) => [segmentNumber, label])).toEqual([
      [1, 'Segment 1'],
    ]);
    expect(activeSegment(runner.getSession())).toMatchObject({
      segmentNumber: 1,
      volumeMl: 1,
      canUndo: true,
    });
  });

  test('carries out quick clicks in the order made, one at a time, and loses none', async () => {
    const runner = desk.newRunner();
    runner.click([1, 0, 0]);
    runner.click([2, 0, 0], 'exclude');
    runner.setPolarity('exclude');
    runner.click([3, 0, 0]);
    expect(pendingPrompts(runner.getSession(), runner.getSession().activeKey)).toHaveLength(3);
    await settled(runner);
    const prompts = desk.server.segmentation!.segments[0]!.prompts.map(({ prompt }) => prompt);
    expect(prompts.map(prompt => prompt.kind === 'point' && [prompt.pointLps[0], prompt.polarity])).toEqual([
      [1, 'include'],
      [2, 'exclude'],
      [3, 'exclude'],
    ]);
  });

  test('sends what was drawn, with the polarity of the switch unless a key said otherwise', async () => {
    const runner = desk.newRunner();
    const pointsLps: [number, number, number][] = [
      [1, 0, 0],
      [2, 0, 0],
    ];
    runner.draw({ kind: 'box', cornersLps: pointsLps, normalLps: [0, 0, 1] });
    runner.setPolarity('exclude');
    runner.draw({ kind: 'scribble', pointsLps });
    runner.draw({ kind: 'scribble', pointsLps, polarity: 'include' });
    await settled(runner);
    const prompts = desk.server.segmentation!.segments[0]!.prompts.map(({ prompt }) => prompt);
    expect(prompts).toEqual([
      { kind: 'box', cornersLps: pointsLps, normalLps: [0, 0, 1] },
      { kind: 'scribble', pointsLps, polarity: 'exclude' },
      { kind: 'scribble', pointsLps, polarity: 'include' },
    ]);
  });

  test('says that there is no structure of the size wished for, until the reader goes on', async () => {
    const runner = desk.newRunner();
    const missing = (): unknown => runner.getSession().missingSize;
    runner.click([1, 0, 0]);
    await settled(runner);
    runner.resize('larger');
    await settled(runner);
    expect(missing()).toBeNull();
    runner.resize('smaller');
    await settled(runner);
    expect(missing()).toBe('smaller');
    expect(desk.view.labels.slice(0, 3)).toEqual([1, 1, 0]);
    runner.click([2, 0, 0]);
    expect(missing()).toBeNull();
    await settled(runner);
    expect(missing()).toBeNull();
  });

  test('says so of the segment that is shown alone', async () => {
    const runner = desk.newRunner();
    const missing = (): unknown => runner.getSession().missingSize;
    runner.click([1, 0, 0]);
    await settled(runner);
    const { activeKey } = runner.getSession();
    runner.resize('smaller');
    runner.addSegment();
    await settled(runner);
    expect(missing()).toBeNull();
    runner.activate(activeKey);
    runner.resize('smaller');
    await settled(runner);
    expect(missing()).toBe('smaller');
    runner.addSegment();
    expect(missing()).toBeNull();
  });

  test('undoes and redoes, with the prompts that are in force', async () => {
    const runner = desk.newRunner();
    runner.click([1, 0, 0]);
    runner.click([2, 0, 0]);
    runner.takeStep('undo');
    await settled(runner);
    expect(desk.view.labels.slice(0, 3)).toEqual([1, 0, 0]);
    expect(activeSegment(runner.getSession()).prompts).toHaveLength(1);
    runner.takeStep('redo');
    await settled(runner);
    expect(desk.view.labels.slice(0, 3)).toEqual([1, 1, 0]);
  });
});

import { beforeEach, describe, expect, test } from '@jest/globals';
import { middleOf } from '../domain/drawnPrompt.ts';
import { DELETED_ELSEWHERE } from '../domain/notice.ts';
import { activeSegment, hasUnsavedWork } from '../domain/promptSession.ts';
import { FakeDesk, settled } from './fixtures/fakeDesk.ts';
import type { PromptSessionRunner } from './promptSessionRunner.ts';

const TITLE = 'The segmentation was deleted';

let desk: FakeDesk;
beforeEach(() => {
  desk = new FakeDesk();
});

/** A named segment with one click in it, of a segmentation that is deleted meanwhile. */
async function deleted(): Promise<PromptSessionRunner> {
  const runner = desk.newRunner();
  runner.open();
  runner.changeSegment(runner.getSession().activeKey, { label: 'Liver', colour: [9, 8, 7] });
  runner.click([1, 0, 0]);
  await settled(runner);
  desk.server.segmentation = null;
  return runner;
}

/** By segment: its label, and where its clicks are. */
function clicksAtServer(): unknown {
  return desk.server.segmentation?.segments.map(({ label, prompts }) => [
    label,
    prompts.map(({ prompt }) => middleOf(prompt)?.[0]),
  ]);
}

describe('a segmentation that was deleted elsewhere while it is shown', () => {
  test('is told with the next click, taken off the screen, and begun anew with all clicks that wait', async () => {
    const runner = await deleted();
    runner.click([2, 0, 0]);
    runner.addSegment();
    runner.click([3, 0, 0]);
    await settled(runner);
    expect(runner.getSession().failure).toMatchObject({ title: TITLE, retriable: true });
    expect(runner.getSession().queue).toHaveLength(2);
    expect(runner.unsentSteps).toBe(2);
    expect(desk.view.labels.every(label => label === 0)).toBe(true);
    expect(desk.view.shown).toEqual([]);
    runner.retry();
    await settled(runner);
    expect(runner.getSession().failure).toBeNull();
    expect(clicksAtServer()).toEqual([
      ['Liver', [2]],
      ['Segment 1', [3]],
    ]);
    expect(desk.server.segmentation!.segments[0]!.colour).toEqual([9, 8, 7]);
    expect(desk.view.labels[0]).toBe(2);
  });

  test('takes clicks again after the first one was given up', async () => {
    const runner = await deleted();
    runner.click([2, 0, 0]);
    await settled(runner);
    runner.dismiss();
    runner.click([3, 0, 0]);
    await settled(runner);
    expect(runner.getSession().failure).toBeNull();
    expect(clicksAtServer()).toEqual([['Liver', [3]]]);
  });

  test('is told when the reader looks again, and clicks begin a new one', async () => {
    const runner = await deleted();
    runner.lookAgain();
    await settled(runner);
    expect(runner.getSession()).toMatchObject({ failure: null, notices: [DELETED_ELSEWHERE] });
    expect(activeSegment(runner.getSession())).toMatchObject({ volumeMl: 0, canUndo: false, prompts: [] });
    expect(desk.view.labels.every(label => label === 0)).toBe(true);
    expect(hasUnsavedWork(runner.getSession())).toBe(false);
    runner.click([2, 0, 0]);
    await settled(runner);
    expect(clicksAtServer()).toEqual([['Liver', [2]]]);
  });

  test.each(['save', 'undo', 'redo'] as const)('is told behind a %s, which cannot be done', async what => {
    const runner = await deleted();
    if (what === 'save') runner.save();
    else runner.takeStep(what);
    await settled(runner);
    expect(runner.getSession().failure).toMatchObject({ title: TITLE, retriable: false });
    runner.dismiss();
    runner.click([2, 0, 0]);
    await settled(runner);
    expect(runner.getSession().failure).toBeNull();
    expect(desk.server.segmentation).toMatchObject({ stored: [] });
    expect(clicksAtServer()).toEqual([['Liver', [2]]]);
  });

  test.each(['remove', 'clear', 'change'] as const)(
    'is told behind a %s, which is done with it',
    async what => {
      const runner = await deleted();
      const { activeKey } = runner.getSession();
      if (what === 'remove') runner.removeSegment(activeKey);
      if (what === 'clear') runner.takeStep('clear');
      if (what === 'change') runner.changeSegment(activeKey, { label: 'Spleen' });
      await settled(runner);
      expect(runner.getSession()).toMatchObject({ failure: null, notices: [DELETED_ELSEWHERE] });
      const label = { remove: 'Segment 1', clear: 'Liver', change: 'Spleen' }[what];
      expect(runner.getSession().segments.map(segment => segment.label)).toEqual([label]);
      runner.click([2, 0, 0]);
      await settled(runner);
      expect(clicksAtServer()).toEqual([[label, [2]]]);
    },
  );

  test('is begun anew for a run', async () => {
    const runner = await deleted();
    expect(await runner.beginSegmentation()).toBe('id 2');
    expect(desk.server.segmentation!.id).toBe('id 2');
    expect(runner.getSession()).toMatchObject({ failure: null, notices: [DELETED_ELSEWHERE] });
  });

  test('is gone on with where another window has begun anew', async () => {
    const here = await deleted();
    const there = desk.newRunner();
    there.open();
    there.click([5, 0, 0]);
    await settled(there);
    desk.nowMs = 60_000;
    here.click([2, 0, 0]);
    await settled(here);
    here.retry();
    await settled(here);
    expect(here.getSession().failure).toBeNull();
    expect(clicksAtServer()).toEqual([
      ['Segment 1', [5]],
      ['Liver', [2]],
    ]);
  });

  test('takes along no doubt about a step: versions begin anew', async () => {
    const runner = await deleted();
    runner.takeStep('undo');
    await settled(runner);
    runner.dismiss();
    for (const x of [2, 3]) runner.click([x, 0, 0]);
    runner.takeStep('undo');
    await settled(runner);
    expect(runner.getSession().failure).toBeNull();
    expect(clicksAtServer()).toEqual([['Liver', [2]]]);
  });
});

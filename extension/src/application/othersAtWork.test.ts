import { beforeEach, describe, expect, test } from '@jest/globals';
import { NoAnswer, RefusedByServer } from '../domain/failure.ts';
import { CHANGED_ELSEWHERE } from '../domain/notice.ts';
import { activeSegment } from '../domain/promptSession.ts';
import { FakeDesk, settled } from './fixtures/fakeDesk.ts';
import type { PromptSessionRunner } from './promptSessionRunner.ts';

let desk: FakeDesk;
beforeEach(() => {
  desk = new FakeDesk();
});

function loseAnswersTo(what: string, lost: boolean): void {
  for (let attempt = 0; attempt < 4; attempt += 1) {
    desk.server.faults.push({ on: what, error: new NoAnswer('gone'), lost });
  }
}

/** Two windows that show the same click. */
async function twoWindows() {
  const here = desk.newRunner();
  const { view } = desk;
  here.click([1, 0, 0]);
  await settled(here);
  const there = desk.newRunner();
  there.open();
  await settled(there);
  return { here, view, there };
}

async function clicked(runner: PromptSessionRunner): Promise<void> {
  runner.click([9, 0, 0]);
  await settled(runner);
}

describe('what others have done', () => {
  test('is told with the next click, once more where that was dismissed before; own clicks are not', async () => {
    const { here, there } = await twoWindows();
    expect(here.getSession().notices).toEqual([]);
    for (const _ of ['once', 'once more']) {
      await clicked(there);
      await clicked(here);
      expect(here.getSession().notices).toEqual([CHANGED_ELSEWHERE]);
      here.dismissNotice(CHANGED_ELSEWHERE);
      await clicked(here);
      expect(here.getSession().notices).toEqual([]);
      there.lookAgain();
      await settled(there);
    }
  });

  test('is shown and told when the reader looks again', async () => {
    const { here, view, there } = await twoWindows();
    await clicked(there);
    here.lookAgain();
    await settled(here);
    expect(view.labels.slice(0, 3)).toEqual([1, 1, 0]);
    expect(activeSegment(here.getSession()).prompts).toHaveLength(2);
    expect(here.getSession().notices).toEqual([CHANGED_ELSEWHERE]);
    here.save();
    await settled(here);
    expect(here.getSession().notices).toEqual([]);
    const asked = desk.server.calls.length;
    here.lookAgain();
    await settled(here);
    expect(desk.server.calls.slice(asked)).toEqual(['read']);
  });

  test('does not bring another slice into view: the reader may be about to click in this one', async () => {
    const { here, view, there } = await twoWindows();
    await clicked(there);
    here.lookAgain();
    await settled(here);
    await clicked(there);
    await clicked(here);
    expect(activeSegment(here.getSession()).prompts).toHaveLength(4);
    expect(view.pointShown).toBeNull();
  });

  test.each(['click', 'name'])(
    'is shown where it has removed the segment that a %s is for, which goes to no other',
    async what => {
      const { here, view, there } = await twoWindows();
      there.addSegment();
      await clicked(there);
      here.lookAgain();
      await settled(here);
      const { activeKey } = here.getSession();
      there.removeSegment(there.getSession().segments[0]!.key);
      await settled(there);
      if (what === 'click') here.click([5, 0, 0]);
      if (what === 'name') here.changeSegment(activeKey, { label: 'Liver' });
      await settled(here);
      expect(here.getSession().failure).toMatchObject({ retriable: false });
      expect(here.getSession().segments.map(({ segmentNumber }) => segmentNumber)).toEqual([2]);
      expect(view.labels.slice(0, 2)).toEqual([2, 0]);
      here.dismiss();
      await clicked(here);
      expect(here.getSession().failure).toBeNull();
      expect(desk.server.segmentation!.segments.map(({ prompts }) => prompts.length)).toEqual([2]);
    },
  );

  test('is shown, too, where the server was set back to what a backup held', async () => {
    const { here } = await twoWindows();
    const backup = structuredClone(desk.server.segmentation);
    here.addSegment();
    for (const _ of ['once', 'once more']) await clicked(here);
    desk.server.segmentation = backup;
    here.activate(here.getSession().segments[0]!.key);
    await clicked(here);
    const { segments, notices } = here.getSession();
    expect(segments.map(({ prompts }) => prompts.length)).toEqual([2]);
    expect(notices).toEqual([CHANGED_ELSEWHERE]);
  });

  test('is looked for in silence: a server that is away is not told, and nothing is asked beside a click', async () => {
    const { here } = await twoWindows();
    loseAnswersTo('read', false);
    here.lookAgain();
    await settled(here);
    expect(here.getSession()).toMatchObject({ failure: null, notices: [] });
    desk.server.faults.length = 0;
    here.click([2, 0, 0]);
    here.lookAgain();
    expect(here.getSession().queue.map(({ kind }) => kind)).toEqual(['prompt']);
    await settled(here);
    const idle = desk.newRunner();
    const asked = desk.server.calls.length;
    idle.lookAgain();
    await settled(idle);
    expect(desk.server.calls).toHaveLength(asked);
  });
});

describe('a series that nobody had segmented when two windows opened it', () => {
  async function twoOpened() {
    const here = desk.newRunner();
    here.open();
    const there = desk.newRunner();
    const { view } = desk;
    there.open();
    await Promise.all([settled(here), settled(there)]);
    return { here, there, view };
  }

  test('has one segmentation, with a segment of each, whichever is clicked in first', async () => {
    const { here, there } = await twoOpened();
    await clicked(here);
    desk.nowMs = 60_000;
    await clicked(there);
    expect(desk.server.calls.filter(call => call === 'create')).toHaveLength(1);
    for (const runner of [desk.server.segmentation!, there.getSession()]) {
      expect(runner.segments.map(({ label, prompts }) => [label, prompts.length])).toEqual([
        ['Segment 1', 1],
        ['Segment 2', 1],
      ]);
    }
  });

  test('shows what the other has done when the reader looks again, in the place of the empty segment', async () => {
    const { here, there, view } = await twoOpened();
    await clicked(here);
    there.lookAgain();
    await settled(there);
    expect(view.labels.slice(0, 2)).toEqual([1, 0]);
    expect(there.getSession().segments).toHaveLength(1);
    expect(there.getSession().notices).toEqual([CHANGED_ELSEWHERE]);
  });

  test('is looked at in silence while there is nothing, or no answer', async () => {
    const { there } = await twoOpened();
    there.lookAgain();
    await settled(there);
    loseAnswersTo('find', false);
    there.lookAgain();
    await settled(there);
    expect(there.getSession()).toMatchObject({ failure: null, notices: [] });
  });
});

describe('a click that is given up', () => {
  test('is shown and told where it has had its effect, before anything can be saved or exported', async () => {
    const { here, view } = await twoWindows();
    desk.server.faults.length = 0;
    here.click([2, 0, 0]);
    const { promptId } = here.getSession().queue[0] as { readonly promptId: string };
    loseAnswersTo(`prompt ${promptId}`, true);
    await settled(here);
    here.dismiss();
    expect(here.exportAddress('nifti')).toBeNull();
    await settled(here);
    expect(here.getSession().failure).toMatchObject({ title: 'The segmentation has changed' });
    expect(view.labels.slice(0, 3)).toEqual([1, 1, 0]);
    expect(here.exportAddress('nifti')).toBeNull();
    here.dismiss();
    await settled(here);
    expect(here.exportAddress('nifti')).toBe('/id/nifti');
  });

  test('is forgotten without a word where nothing has come of it, and where the server had refused it', async () => {
    const { here } = await twoWindows();
    for (const error of [
      new NoAnswer('gone'),
      new RefusedByServer(422, 'prompt-outside-volume', 'Outside', ''),
    ]) {
      here.click([2, 0, 0]);
      const { promptId } = here.getSession().queue[0] as { readonly promptId: string };
      for (let attempt = 0; attempt < 4; attempt += 1) {
        desk.server.faults.push({ on: `prompt ${promptId}`, error, lost: false });
      }
      await settled(here);
      desk.server.faults.length = 0;
      const asked = desk.server.calls.length;
      here.dismiss();
      await settled(here);
      expect(here.getSession()).toMatchObject({ failure: null, notices: [], queue: [] });
      expect(desk.server.calls.slice(asked)).toEqual(error instanceof NoAnswer ? ['read'] : []);
    }
  });

  test('is looked at once, after the clicks behind it', async () => {
    const { here } = await twoWindows();
    here.click([2, 0, 0]);
    here.click([3, 0, 0]);
    const ids = here.getSession().queue.map(action => ('promptId' in action ? action.promptId : ''));
    for (const id of ids) loseAnswersTo(`prompt ${id}`, false);
    await settled(here);
    here.dismiss();
    await settled(here);
    here.dismiss();
    expect(here.getSession().queue.map(({ kind }) => kind)).toEqual(['check']);
    await settled(here);
    expect(here.getSession()).toMatchObject({ failure: null, queue: [] });
  });
});

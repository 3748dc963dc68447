import { beforeEach, describe, expect, test } from '@jest/globals';
import { activeSegment } from '../domain/promptSession.ts';
import { FakeDesk, settled } from './fixtures/fakeDesk.ts';
import type { PromptSessionRunner } from './promptSessionRunner.ts';

let desk: FakeDesk;
beforeEach(() => {
  desk = new FakeDesk();
});

/** Of three segments, one click each. */
async function segmented(): Promise<PromptSessionRunner> {
  const runner = desk.newRunner();
  for (const x of [1, 2, 3]) {
    if (x > 1) runner.addSegment();
    runner.click([x, 0, 0]);
  }
  await settled(runner);
  return runner;
}

async function reloaded(): Promise<PromptSessionRunner> {
  const runner = desk.newRunner();
  runner.open();
  await settled(runner);
  return runner;
}

function activeNumber(runner: PromptSessionRunner): number | null {
  return activeSegment(runner.getSession()).segmentNumber;
}

describe('after the page was loaded anew', () => {
  test.each([1, 2, 3])('segment %i is the active one where it was clicked on last', async segmentNumber => {
    const first = await segmented();
    first.activate(first.getSession().segments[segmentNumber - 1]!.key);
    first.click([7, 0, 0]);
    await settled(first);
    const second = await reloaded();
    expect(activeNumber(second)).toBe(segmentNumber);
    expect(desk.view.pointShown).toEqual([7, 0, 0]);
    second.click([8, 0, 0]);
    await settled(second);
    expect(desk.server.segmentation!.segments[segmentNumber - 1]!.prompts).toHaveLength(3);
  });

  test('the one clicked on before is, where the last one was removed', async () => {
    const first = await segmented();
    first.removeSegment(first.getSession().activeKey);
    await settled(first);
    expect(activeNumber(await reloaded())).toBe(2);
  });

  test('the first one is, where none was clicked on', async () => {
    const first = desk.newRunner();
    first.openStored({ seriesInstanceUID: '1.2.9', sopInstanceUID: '1.2.9.1' });
    await settled(first);
    expect(activeNumber(await reloaded())).toBe(7);
  });

  test('what the reader has chosen stays chosen, whatever others have clicked on', async () => {
    const here = await segmented();
    here.activate(here.getSession().segments[0]!.key);
    const there = await reloaded();
    there.click([4, 0, 0]);
    await settled(there);
    here.lookAgain();
    await settled(here);
    expect(activeNumber(here)).toBe(1);
  });
});

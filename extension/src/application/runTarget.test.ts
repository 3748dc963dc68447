import { beforeEach, describe, expect, test } from '@jest/globals';
import { NoAnswer, RefusedByServer } from '../domain/failure.ts';
import { FakeDesk, settled } from './fixtures/fakeDesk.ts';

let desk: FakeDesk;
beforeEach(() => {
  desk = new FakeDesk();
});

describe('the segmentation that a run adds to', () => {
  test('is the one that clicks go to, also those made while it runs', async () => {
    const runner = desk.newRunner();
    runner.open();
    const target = runner.beginSegmentation();
    runner.click([1, 0, 0]);
    await settled(runner);
    await desk.server.addSegment(await target, { label: 'Found', colour: [1, 2, 3] });
    runner.showSegmentation(await target);
    await settled(runner);
    expect(desk.server.calls.filter(call => call === 'create')).toHaveLength(1);
    const { segments } = runner.getSession();
    expect(segments.map(({ label, prompts }) => [label, prompts.length])).toEqual([
      ['Segment 1', 1],
      ['Found', 0],
    ]);
    expect(desk.view.labels.slice(0, 2)).toEqual([1, 0]);
  });

  test('is the earlier work on the series, where that is still being looked for', async () => {
    const first = desk.newRunner();
    first.click([1, 0, 0]);
    await settled(first);
    const second = desk.newRunner();
    second.open();
    expect(await second.beginSegmentation()).toBe('id');
    expect(desk.server.calls.filter(call => call === 'create')).toHaveLength(1);
  });

  test('takes the place of the empty first segment with what is found', async () => {
    const runner = desk.newRunner();
    runner.open();
    const id = await runner.beginSegmentation();
    await desk.server.addSegment(id, { label: 'Found', colour: [1, 2, 3] });
    runner.showSegmentation(id);
    await settled(runner);
    expect(runner.getSession().segments.map(({ label }) => label)).toEqual(['Found']);
  });

  test('keeps a segment that the reader has named before the run, for the clicks that follow', async () => {
    const runner = desk.newRunner();
    runner.open();
    runner.changeSegment(runner.getSession().activeKey, { label: 'Tumour' });
    const id = await runner.beginSegmentation();
    await desk.server.addSegment(id, { label: 'Found', colour: [1, 2, 3] });
    runner.showSegmentation(id);
    await settled(runner);
    runner.click([1, 0, 0]);
    await settled(runner);
    expect(desk.server.segmentation!.segments.map(({ label, prompts }) => [label, prompts.length])).toEqual([
      ['Found', 0],
      ['Tumour', 1],
    ]);
  });

  test('is shown with what others have added to it before the first click here, which is saved then', async () => {
    const here = desk.newRunner();
    const { view } = desk;
    here.open();
    await here.beginSegmentation();
    const there = desk.newRunner();
    there.open();
    there.click([1, 0, 0]);
    await settled(there);
    here.click([2, 0, 0]);
    await settled(here);
    expect(desk.server.segmentation!.segments).toHaveLength(2);
    expect(here.getSession().segments.map(({ prompts }) => prompts.length)).toEqual([1, 1]);
    expect(view.shown).toHaveLength(2);
  });

  test('is none while something failed, and the run does not wait for it', async () => {
    const runner = desk.newRunner();
    const error = new RefusedByServer(404, 'series-not-found', 'No series', 'Reload.');
    desk.server.faults.push({ on: 'create', error, lost: false });
    await expect(runner.beginSegmentation()).rejects.toThrow('retry or give it up first');
    runner.dismiss();
    await settled(runner);
    for (let attempt = 0; attempt < 4; attempt += 1) {
      desk.server.faults.push({ on: 'create', error: new NoAnswer('gone'), lost: false });
    }
    runner.click([1, 0, 0]);
    await settled(runner);
    await expect(runner.beginSegmentation()).rejects.toThrow('retry or give it up first');
  });
});

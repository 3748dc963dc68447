import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { middleOf } from '../domain/drawnPrompt.ts';
import { NoAnswer, RefusedByServer } from '../domain/failure.ts';
import { activeSegment, hasUnsavedWork } from '../domain/promptSession.ts';
import { FakeDesk, settled } from './fixtures/fakeDesk.ts';

let desk: FakeDesk;
beforeEach(() => {
  desk = new FakeDesk();
});

describe('a session that is interrupted', () => {
  test('sends a click whose answer got lost again under the same id', async () => {
    const runner = desk.newRunner();
    desk.server.faults.push({ on: 'prompt 2', error: new NoAnswer('gone'), lost: true });
    runner.click([1, 0, 0]);
    await settled(runner);
    const sent = desk.server.calls.filter(call => call.startsWith('prompt'));
    expect(sent).toEqual(['prompt 2', 'prompt 2']);
    expect(desk.server.segmentation!.segments[0]!.prompts).toHaveLength(1);
    expect(activeSegment(runner.getSession()).prompts).toHaveLength(1);
  });

  test('keeps every click when the server stays away, and goes on where it stopped', async () => {
    const runner = desk.newRunner();
    for (let attempt = 0; attempt < 4; attempt += 1) {
      desk.server.faults.push({ on: 'prompt 2', error: new NoAnswer('gone'), lost: false });
    }
    runner.click([1, 0, 0]);
    runner.click([2, 0, 0]);
    await settled(runner);
    expect(runner.getSession().failure).toMatchObject({ retriable: true });
    expect(runner.getSession().queue).toHaveLength(2);
    runner.click([3, 0, 0]);
    runner.retry();
    await settled(runner);
    expect(runner.getSession().failure).toBeNull();
    expect(desk.server.segmentation!.segments[0]!.prompts.map(({ prompt }) => middleOf(prompt)?.[0])).toEqual(
      [1, 2, 3],
    );
  });

  test('gives up one refused click on request and carries out those behind it', async () => {
    const runner = desk.newRunner();
    const error = new RefusedByServer(422, 'prompt-outside-volume', 'Outside', 'Click inside.', 'r1');
    desk.server.faults.push({ on: 'prompt 2', error, lost: false });
    runner.click([1, 0, 0]);
    runner.click([2, 0, 0]);
    await settled(runner);
    expect(runner.getSession().failure).toEqual({
      ...{ title: 'Outside', detail: 'Click inside.', retriable: false, requestId: 'r1' },
    });
    runner.dismiss();
    await settled(runner);
    expect(desk.server.segmentation!.segments[0]!.prompts.map(({ prompt }) => middleOf(prompt)?.[0])).toEqual(
      [2],
    );
  });

  test.each([1, 2])(
    'gives up with the first of %i clicks the undo that was meant for it: it would undo an earlier one',
    async count => {
      const runner = desk.newRunner();
      runner.click([0, 0, 0]);
      await settled(runner);
      const error = new RefusedByServer(422, 'prompt-outside-volume', 'Outside', 'Click inside.');
      desk.server.faults.push({ on: 'prompt 3', error, lost: false });
      for (let x = 1; x <= count; x += 1) runner.click([x, 0, 0]);
      for (let x = 1; x <= count; x += 1) runner.takeStep('undo');
      await settled(runner);
      runner.dismiss();
      await settled(runner);
      expect(runner.getSession().failure).toBeNull();
      const { prompts } = desk.server.segmentation!.segments[0]!;
      expect(prompts.map(({ prompt }) => middleOf(prompt)?.[0])).toEqual([0]);
    },
  );

  test('does not undo twice when the answer to an undo got lost', async () => {
    const runner = desk.newRunner();
    runner.click([1, 0, 0]);
    runner.click([2, 0, 0]);
    runner.click([3, 0, 0]);
    await settled(runner);
    desk.server.faults.push({ on: 'undo', error: new NoAnswer('gone'), lost: true });
    runner.takeStep('undo');
    await settled(runner);
    expect(runner.getSession().failure).toBeNull();
    expect(activeSegment(runner.getSession()).prompts).toHaveLength(2);
    expect(desk.view.labels.slice(0, 4)).toEqual([1, 1, 0, 0]);
  });

  test.each(['undo', 'redo', 'clear'] as const)(
    'says that another window was at work where that kept a step (%s) from being taken, and takes it when asked again',
    async step => {
      const [here, there] = [desk.newRunner(), desk.newRunner()];
      here.click([1, 0, 0]);
      here.click([2, 0, 0]);
      if (step === 'redo') here.takeStep('undo');
      await settled(here);
      there.open();
      await settled(there);
      there.addSegment();
      there.click([3, 0, 0]);
      await settled(there);
      const before = desk.server.segmentation!.segments[0]!.prompts;
      here.takeStep(step);
      await settled(here);
      expect(here.getSession().failure).toMatchObject({
        title: 'The segmentation has changed',
        retriable: true,
      });
      expect(here.getSession().segments).toHaveLength(2);
      expect(desk.server.segmentation!.segments[0]!.prompts).toEqual(before);
      here.retry();
      await settled(here);
      expect(here.getSession().failure).toBeNull();
      expect(desk.server.segmentation!.segments[0]!.prompts).toHaveLength(
        { undo: 1, redo: 2, clear: 0 }[step],
      );
    },
  );

  test('says so, too, where the undo got lost on its way and another window was at work before it was sent again', async () => {
    const [here, there] = [desk.newRunner(), desk.newRunner()];
    here.click([1, 0, 0]);
    await settled(here);
    there.open();
    await settled(there);
    for (let attempt = 0; attempt < 4; attempt += 1) {
      desk.server.faults.push({ on: 'undo', error: new NoAnswer('gone'), lost: false });
    }
    here.takeStep('undo');
    await settled(here);
    there.addSegment();
    there.click([3, 0, 0]);
    await settled(there);
    here.retry();
    await settled(here);
    expect(here.getSession().failure).toMatchObject({ title: 'The segmentation has changed' });
    expect(desk.server.segmentation!.segments[0]!.prompts).toHaveLength(1);
  });

  test('shows what another window has done to the segmentation meanwhile', async () => {
    const here = desk.newRunner();
    const { view } = desk;
    const there = desk.newRunner();
    here.click([1, 0, 0]);
    await settled(here);
    there.open();
    await settled(there);
    there.click([2, 0, 0]);
    there.addSegment();
    there.click([3, 0, 0]);
    await settled(there);
    here.click([4, 0, 0]);
    await settled(here);
    const { segments } = here.getSession();
    expect(segments.map(({ prompts }) => prompts.length)).toEqual([3, 1]);
    expect(view.labels.slice(0, 4)).toEqual([2, 1, 1, 0]);
    expect(desk.server.calls.slice(-2)).toEqual(['read', 'readMasks']);
    here.click([5, 0, 0]);
    await settled(here);
    expect(desk.server.calls.at(-1)).toMatch(/^prompt/);
  });

  test.each(['label', 'removal'] as const)(
    'notices behind a %s, too, that another window was at work',
    async action => {
      // A name that waits is not forgotten over what the server says.
      const [here, there] = [desk.newRunner(), desk.newRunner()];
      here.click([1, 0, 0]);
      here.addSegment();
      here.click([2, 0, 0]);
      await settled(here);
      there.open();
      await settled(there);
      there.activate(there.getSession().segments[0]!.key);
      there.click([3, 0, 0]);
      await settled(there);
      const [first, second] = here.getSession().segments;
      if (action === 'label') here.changeSegment(second!.key, { label: 'Liver' });
      else here.removeSegment(second!.key);
      here.changeSegment(first!.key, { label: 'Spleen' });
      await settled(here);
      expect(here.getSession().segments[0]!.label).toBe('Spleen');
      expect(desk.server.segmentation!.segments[0]!.label).toBe('Spleen');
      expect(here.getSession().failure).toBeNull();
      expect(here.getSession().segments.find(({ key }) => key === first!.key)?.prompts).toHaveLength(2);
    },
  );

  test('saves nothing that the reader has not seen', async () => {
    const runner = desk.newRunner();
    runner.click([1, 0, 0]);
    await settled(runner);
    for (let attempt = 0; attempt < 4; attempt += 1) {
      desk.server.faults.push({ on: 'prompt 3', error: new NoAnswer('gone'), lost: true });
    }
    runner.click([2, 0, 0]);
    await settled(runner);
    runner.dismiss();
    runner.save();
    await settled(runner);
    expect(desk.server.segmentation!.stored).toEqual([]);
    expect(runner.getSession().failure).toMatchObject({
      title: 'The segmentation has changed',
      retriable: true,
    });
    expect(desk.view.labels.slice(0, 3)).toEqual([1, 1, 0]);
    runner.retry();
    await settled(runner);
    expect(desk.server.segmentation!.stored).toHaveLength(1);
    expect(runner.getSession().failure).toBeNull();
  });

  test('saves once where the answer to the first save got lost', async () => {
    const runner = desk.newRunner();
    runner.click([1, 0, 0]);
    desk.server.faults.push({ on: 'store', error: new NoAnswer('gone'), lost: true });
    runner.save();
    await settled(runner);
    expect(desk.server.segmentation!.stored).toHaveLength(1);
    expect(runner.getSession().failure).toBeNull();
    expect(hasUnsavedWork(runner.getSession())).toBe(false);
  });

  test('is rid of a segment whose removal was not heard of, or was done in another window', async () => {
    const runner = desk.newRunner();
    runner.click([1, 0, 0]);
    runner.addSegment();
    runner.click([2, 0, 0]);
    await settled(runner);
    desk.server.faults.push({ on: 'removeSegment', error: new NoAnswer('gone'), lost: true });
    runner.removeSegment(runner.getSession().activeKey);
    await settled(runner);
    expect(runner.getSession().failure).toBeNull();
    expect(runner.getSession().segments.map(({ segmentNumber }) => segmentNumber)).toEqual([1]);
    expect(desk.view.shown.map(({ segmentNumber }) => segmentNumber)).toEqual([1]);
  });

  test('does not undo twice when the undo could not be shown', async () => {
    const runner = desk.newRunner();
    for (const x of [1, 2, 3]) runner.click([x, 0, 0]);
    await settled(runner);
    const paint = jest.spyOn(desk.view, 'paint').mockImplementationOnce(() => {
      throw new Error('2 of 2 changed slices are not among the images shown.');
    });
    runner.takeStep('undo');
    await settled(runner);
    expect(runner.getSession().failure).toMatchObject({ retriable: true });
    runner.retry();
    await settled(runner);
    expect(paint).toHaveBeenCalledTimes(2);
    expect(runner.getSession().failure).toBeNull();
    expect(desk.server.segmentation!.segments[0]!.prompts).toHaveLength(2);
    expect(activeSegment(runner.getSession()).prompts).toHaveLength(2);
    expect(desk.view.labels.slice(0, 4)).toEqual([1, 1, 0, 0]);
  });

  test('brings earlier work on the series back, in place of the empty first segment', async () => {
    const first = desk.newRunner();
    first.click([1, 0, 0]);
    first.changeSegment(first.getSession().activeKey, { label: 'Liver' });
    await settled(first);
    const second = desk.newRunner();
    second.open();
    await settled(second);
    expect(second.getSession().segments.map(({ label, segmentNumber }) => [label, segmentNumber])).toEqual([
      ['Liver', 1],
    ]);
    expect(desk.view.labels.slice(0, 2)).toEqual([1, 0]);
    expect(desk.view.pointShown).toEqual([1, 0, 0]);
    second.click([2, 0, 0]);
    await settled(second);
    expect(desk.server.segmentation!.segments).toHaveLength(1);
    expect(desk.view.labels.slice(0, 3)).toEqual([1, 1, 0]);
  });

  test.each(['click', 'run'])(
    'finds earlier work with the first %s, where looking for it was given up',
    async what => {
      const first = desk.newRunner();
      first.click([1, 0, 0]);
      await settled(first);
      for (let attempt = 0; attempt < 4; attempt += 1) {
        desk.server.faults.push({ on: 'find', error: new NoAnswer('gone'), lost: false });
      }
      const second = desk.newRunner();
      second.open();
      await settled(second);
      second.dismiss();
      if (what === 'click') second.click([2, 0, 0]);
      else await second.beginSegmentation();
      await settled(second);
      expect(second.getSession().failure).toBeNull();
      expect(desk.server.calls.filter(call => call === 'create')).toHaveLength(1);
      expect(second.getSession().segments[0]).toMatchObject({ segmentNumber: 1, label: 'Segment 1' });
      expect(desk.view.labels[0]).toBe(what === 'click' ? 2 : 1);
    },
  );

  test.each([
    ['series-changed', 'images have changed'],
    ['model-not-found', 'model'],
  ])('begins anew, and says why, where earlier work cannot be gone on with (%s)', async (code, reason) => {
    const first = desk.newRunner();
    first.click([1, 0, 0]);
    await settled(first);
    const error = new RefusedByServer(409, code, 'Refused', 'Begin a new one.');
    desk.server.faults.push({ on: 'readMasks', error, lost: false });
    const second = desk.newRunner();
    second.open();
    await settled(second);
    expect(second.getSession()).toMatchObject({ failure: null, segmentationId: null });
    expect(second.getSession().notices.map(({ detail }) => detail)).toEqual([
      expect.stringContaining(reason),
    ]);
    second.click([2, 0, 0]);
    await settled(second);
    expect(second.getSession().failure).toBeNull();
    expect(desk.server.calls.filter(call => call === 'create')).toHaveLength(2);
    const { prompts } = desk.server.segmentation!.segments[0]!;
    expect(prompts.map(({ prompt }) => middleOf(prompt)?.[0])).toEqual([2]);
  });

  test('keeps a click that was made while earlier work was still being looked for', async () => {
    const first = desk.newRunner();
    first.click([1, 0, 0]);
    await settled(first);
    const second = desk.newRunner();
    second.open();
    second.click([2, 0, 0]);
    await settled(second);
    const { segments } = desk.server.segmentation!;
    expect(segments.map(({ label, prompts }) => [label, prompts.length])).toEqual([
      ['Segment 1', 1],
      ['Segment 2', 1],
    ]);
    expect(segments[0]!.colour).not.toEqual(segments[1]!.colour);
    expect(second.getSession().failure).toBeNull();
  });

  test.each(['begun', 'named', 'coloured'])(
    'keeps a segment that was %s while earlier work was still being looked for, and its clicks apart',
    async how => {
      const first = desk.newRunner();
      first.click([1, 0, 0]);
      await settled(first);
      const second = desk.newRunner();
      second.open();
      const { activeKey } = second.getSession();
      if (how === 'begun') second.addSegment();
      if (how === 'named') second.changeSegment(activeKey, { label: 'Tumour' });
      if (how === 'coloured') second.changeSegment(activeKey, { colour: [9, 8, 7] });
      await settled(second);
      second.click([2, 0, 0]);
      await settled(second);
      const { segments } = desk.server.segmentation!;
      expect(segments.map(({ prompts }) => prompts.length)).toEqual([1, 1]);
      expect(segments[1]!.label).toBe(how === 'named' ? 'Tumour' : 'Segment 2');
      if (how === 'coloured') expect(segments[1]!.colour).toEqual([9, 8, 7]);
      expect(second.getSession().segments).toHaveLength(2);
    },
  );
});

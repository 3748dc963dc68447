import { beforeEach, describe, expect, test } from '@jest/globals';
import { NoAnswer, RefusedByServer } from '../domain/failure.ts';
import { activeSegment, hasUnsavedWork } from '../domain/promptSession.ts';
import { FakeDesk, settled } from './fixtures/fakeDesk.ts';

let desk: FakeDesk;
beforeEach(() => {
  desk = new FakeDesk();
});

describe('the segments of a session', () => {
  test('gives each new segment a name and a colour of its own, and the clicks that follow', async () => {
    const runner = desk.newRunner();
    runner.click([1, 0, 0]);
    runner.addSegment();
    runner.click([2, 0, 0]);
    await settled(runner);
    const [one, two] = desk.server.segmentation!.segments;
    expect([one!.label, two!.label]).toEqual(['Segment 1', 'Segment 2']);
    expect(one!.colour).not.toEqual(two!.colour);
    expect([one!.prompts.length, two!.prompts.length]).toEqual([1, 1]);
  });

  test('takes a removed segment off the images, and begins a new one in place of the last', async () => {
    const runner = desk.newRunner();
    runner.click([1, 0, 0]);
    await settled(runner);
    runner.removeSegment(runner.getSession().activeKey);
    await settled(runner);
    expect(desk.server.segmentation!.segments).toEqual([]);
    expect(desk.view.labels).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    expect(desk.view.shown).toEqual([]);
    expect(runner.getSession().segments).toHaveLength(1);
    expect(activeSegment(runner.getSession()).segmentNumber).toBeNull();
  });

  test('keeps clicks made while a segment is being removed, for the one that is active then', async () => {
    const runner = desk.newRunner();
    runner.click([1, 0, 0]);
    runner.addSegment();
    runner.click([2, 0, 0]);
    await settled(runner);
    runner.removeSegment(runner.getSession().activeKey);
    runner.click([3, 0, 0]);
    await settled(runner);
    expect(desk.server.segmentation!.segments.map(({ prompts }) => prompts.length)).toEqual([2]);
    runner.removeSegment(runner.getSession().activeKey);
    runner.click([4, 0, 0]);
    await settled(runner);
    expect(runner.getSession().failure).toBeNull();
    expect(desk.server.segmentation!.segments.map(({ prompts }) => prompts.length)).toEqual([1]);
    expect(activeSegment(runner.getSession()).prompts).toHaveLength(1);
  });

  test('has the name that was given while the segment was being made, too', async () => {
    const runner = desk.newRunner();
    const { addSegment } = desk.server;
    const key = runner.getSession().activeKey;
    desk.server.addSegment = (...asked) => {
      const reply = addSegment(...asked);
      runner.changeSegment(key, { label: 'Liver' });
      return reply;
    };
    runner.click([1, 0, 0]);
    await settled(runner);
    expect(runner.getSession().failure).toBeNull();
    expect(activeSegment(runner.getSession()).label).toBe('Liver');
    expect(desk.server.segmentation!.segments[0]!.label).toBe('Liver');
  });

  test('sends the last colour of those that a reader drags through, before the click that comes next', async () => {
    const runner = desk.newRunner();
    runner.click([1, 0, 0]);
    await settled(runner);
    const { activeKey } = runner.getSession();
    for (let red = 0; red < 50; red += 1) runner.changeSegment(activeKey, { colour: [red, 0, 0] });
    runner.click([2, 0, 0]);
    runner.changeSegment(activeKey, { label: 'Liver' });
    await settled(runner);
    const sent = desk.server.calls
      .map(call => call.split(' ')[0])
      .slice(desk.server.calls.indexOf('changeSegment'));
    expect(sent).toEqual(['changeSegment', 'changeSegment', 'prompt', 'changeSegment']);
    expect(desk.server.segmentation!.segments[0]).toMatchObject({ label: 'Liver', colour: [49, 0, 0] });
  });

  test('keeps the name of a segment whose first click is given up, for the next one', async () => {
    const runner = desk.newRunner();
    const error = new RefusedByServer(422, 'unsupported-geometry', 'No volume', 'None.');
    desk.server.faults.push({ on: 'create', error, lost: false });
    runner.click([1, 0, 0]);
    runner.changeSegment(runner.getSession().activeKey, { label: 'Liver' });
    await settled(runner);
    runner.dismiss();
    await settled(runner);
    expect(runner.getSession().failure).toBeNull();
    runner.click([2, 0, 0]);
    await settled(runner);
    expect(desk.server.segmentation!.segments[0]!.label).toBe('Liver');
  });

  test.each([
    ['refused', new RefusedByServer(400, 'invalid-request', 'The request is invalid', 'No backslash.')],
    ['not answered', new NoAnswer('gone')],
  ])(
    'has the name and colour that the server knows again, where another was %s and is given up',
    async (_, error) => {
      const runner = desk.newRunner();
      runner.click([1, 0, 0]);
      await settled(runner);
      const before = activeSegment(runner.getSession());
      for (let attempt = 0; attempt < 4; attempt += 1) {
        desk.server.faults.push({ on: 'changeSegment', error, lost: false });
      }
      runner.changeSegment(before.key, { label: 'Liver\\', colour: [1, 2, 3] });
      await settled(runner);
      desk.server.faults.length = 0;
      runner.dismiss();
      await settled(runner);
      expect(runner.getSession().failure).toBeNull();
      expect(activeSegment(runner.getSession())).toEqual(before);
      expect(desk.view.shown).toMatchObject([{ label: before.label, colour: before.colour }]);
      expect(desk.view.labels[0]).toBe(1);
    },
  );

  test('saves, and has the new series appear', async () => {
    const runner = desk.newRunner();
    runner.click([1, 0, 0]);
    await settled(runner);
    expect(hasUnsavedWork(runner.getSession())).toBe(true);
    runner.save();
    await settled(runner);
    expect(desk.newSeriesShown).toEqual([['1.2', '1.2.9']]);
    expect(hasUnsavedWork(runner.getSession())).toBe(false);
    runner.click([2, 0, 0]);
    await settled(runner);
    expect(hasUnsavedWork(runner.getSession())).toBe(true);
  });

  test.each(['first', 'second'])(
    'has its %s segment once where it was not heard that it was added',
    async which => {
      const runner = desk.newRunner();
      if (which === 'second') {
        runner.click([1, 0, 0]);
        await settled(runner);
        runner.addSegment();
      }
      desk.server.faults.push({ on: 'addSegment', error: new NoAnswer('gone'), lost: true });
      runner.click([2, 0, 0]);
      await settled(runner);
      const count = which === 'second' ? 2 : 1;
      expect(desk.server.segmentation!.segments.map(({ prompts }) => prompts.length)).toEqual(
        Array(count).fill(1),
      );
      expect(runner.getSession().segments).toHaveLength(count);
      expect(runner.getSession().notices).toEqual([]);
    },
  );
});

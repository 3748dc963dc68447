import { beforeEach, describe, expect, test } from '@jest/globals';
import { NoAnswer, RefusedByServer } from '../domain/failure.ts';
import { activeSegment, hasUnsavedWork, isPossible } from '../domain/promptSession.ts';
import { FakeDesk, settled } from './fixtures/fakeDesk.ts';
import { SERIES } from './fixtures/fakeServer.ts';

const OBJECT = { seriesInstanceUID: '1.2.8', sopInstanceUID: '1.2.8.1' };

let desk: FakeDesk;
beforeEach(() => {
  desk = new FakeDesk();
});

describe('a segmentation opened from the archive', () => {
  test('takes the place of what was shown, with its labels, numbers and masks', async () => {
    const runner = desk.newRunner();
    runner.click([1, 0, 0]);
    runner.addSegment();
    await settled(runner);
    runner.openStored(OBJECT);
    await settled(runner);
    const session = runner.getSession();
    expect(session.segments.map(({ segmentNumber, label }) => [segmentNumber, label])).toEqual([
      [7, 'Plaque'],
    ]);
    expect(desk.view.shown).toEqual([{ segmentNumber: 7, label: 'Plaque', colour: [1, 2, 3] }]);
    expect(desk.view.labels).toEqual([7, 7, 7, 0, 0, 0, 0, 0]);
    expect(session.openedFrom).toBe(OBJECT.sopInstanceUID);
    expect(hasUnsavedWork(session)).toBe(false);
    expect(isPossible(session, 'clear')).toBe(true);
  });

  test('has each mask in its place where its writer tracks several segments as one', async () => {
    const runner = desk.newRunner();
    runner.openStored(OBJECT);
    await settled(runner);
    const opened = desk.server.segmentation!;
    const [segment] = opened.segments;
    opened.segments = [0, 3, 1].map((voxelCount, n) => ({ ...segment!, segmentNumber: n + 7, voxelCount }));
    runner.showSegmentation(opened.id);
    await settled(runner);
    expect(desk.view.labels).toEqual([9, 8, 8, 0, 0, 0, 0, 0]);
  });

  test('is corrected by clicks, and by those made while it was being opened', async () => {
    const runner = desk.newRunner();
    runner.openStored(OBJECT);
    runner.click([1, 0, 0]);
    await settled(runner);
    runner.click([2, 0, 0]);
    await settled(runner);
    expect(runner.getSession().failure).toBeNull();
    expect(desk.server.segmentation?.segments[0]?.prompts).toHaveLength(2);
    expect(activeSegment(runner.getSession()).segmentNumber).toBe(7);
    expect(hasUnsavedWork(runner.getSession())).toBe(true);
  });

  test('says what was changed in opening it, until that is dismissed or another is opened', async () => {
    const runner = desk.newRunner();
    desk.server.openingWarnings = [{ code: 'moved-to-grid', detail: 'By 0.3 voxels.' }];
    runner.openStored(OBJECT);
    await settled(runner);
    const [notice] = runner.getSession().notices;
    expect(notice?.detail).toBe('By 0.3 voxels.');
    runner.dismissNotice(notice!);
    runner.click([1, 0, 0]);
    await settled(runner);
    expect(runner.getSession().notices).toEqual([]);
    runner.openStored(OBJECT);
    await settled(runner);
    expect(runner.getSession().notices).toEqual([notice]);
    desk.server.openingWarnings = [];
    runner.openStored(OBJECT);
    await settled(runner);
    expect(runner.getSession().notices).toEqual([]);
  });

  test('leaves everything as it is where the server refuses it', async () => {
    const runner = desk.newRunner();
    runner.click([1, 0, 0]);
    await settled(runner);
    const error = new RefusedByServer(422, 'unsupported-segmentation', 'Cannot be opened', 'Elsewhere.');
    desk.server.faults.push({ on: 'open', error, lost: false });
    runner.openStored(OBJECT);
    await settled(runner);
    expect(runner.getSession().failure).toMatchObject({ title: 'Cannot be opened', retriable: false });
    runner.dismiss();
    runner.click([2, 0, 0]);
    await settled(runner);
    expect(desk.view.labels.slice(0, 3)).toEqual([1, 1, 0]);
  });

  test('is asked for again when the answer got lost', async () => {
    const runner = desk.newRunner();
    desk.server.faults.push({ on: 'open', error: new NoAnswer('gone'), lost: true });
    runner.openStored(OBJECT);
    await settled(runner);
    expect(desk.server.calls.filter(call => call === 'open')).toHaveLength(2);
    expect(desk.view.labels.slice(0, 3)).toEqual([7, 7, 7]);
  });
});

describe('a segmentation that a run has made', () => {
  test('takes the place of the one that is shown, and is not taken for saved', async () => {
    const runner = desk.newRunner();
    runner.click([1, 0, 0]);
    await settled(runner);
    desk.server.segmentation = await desk.server.openStored(SERIES, OBJECT);
    desk.server.segmentation = { ...desk.server.segmentation, id: 'found' };
    runner.showSegmentation('found');
    await settled(runner);
    const session = runner.getSession();
    expect(session).toMatchObject({ segmentationId: 'found', failure: null });
    expect(session.segments.map(({ label }) => label)).toEqual(['Plaque']);
    expect(desk.view.labels).toEqual([7, 7, 7, 0, 0, 0, 0, 0]);
    expect(hasUnsavedWork(session)).toBe(true);
  });

  test('leaves what is shown where it is the one that the run added to', async () => {
    const runner = desk.newRunner();
    runner.click([1, 0, 0]);
    await settled(runner);
    const before = runner.getSession();
    await desk.server.addSegment('id', { label: 'Found', colour: [1, 2, 3] });
    runner.showSegmentation('id');
    await settled(runner);
    const { segments, activeKey } = runner.getSession();
    expect(segments.map(({ label }) => label)).toEqual([before.segments[0]?.label, 'Found']);
    expect(activeKey).toBe(before.activeKey);
  });
});

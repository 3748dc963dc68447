import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import type {
  IdentifiedPromptContract,
  SegmentationContract,
  SegmentUpdate,
} from '@tomoclick/server/contract';
import { middleOf } from '../domain/drawnPrompt.ts';
import { NoAnswer, RefusedByServer } from '../domain/failure.ts';
import { activeSegment, hasUnsavedWork, pendingPrompts } from '../domain/promptSession.ts';
import type { PointLps } from '../domain/pointLps.ts';
import type { SegmentMasks } from '../domain/segmentMasks.ts';
import { sliceKeyOf, type SliceKey } from '../domain/sliceKey.ts';
import type { ShownSegment } from '../ports/labelmapView.ts';
import type { SegmentationApi, SegmentChange } from '../ports/segmentationApi.ts';
import { PromptSessionRunner } from './promptSessionRunner.ts';

const SERIES = { studyInstanceUID: '1.2', seriesInstanceUID: '1.2.3' };
const SLICE = sliceKeyOf('1.2.3.4');

/**
 * A server of one segmentation, whose masks hold as many pixels of one slice as there are prompts. It knows of no
 * smaller structures.
 */
class FakeServer implements SegmentationApi {
  segmentation: SegmentationContract | null = null;
  /** What was asked, in order. */
  readonly calls: string[] = [];
  /** Thrown, in order, before (`lost: false`) or after (`lost: true`) the server has acted. */
  readonly faults: { readonly on: string; readonly error: Error; readonly lost: boolean }[] = [];
  private readonly undone = new Map<number, SegmentationContract['segments'][number]['prompts']>();

  private async meet<Reply>(name: string, act: () => Reply): Promise<Reply> {
    this.calls.push(name);
    await Promise.resolve();
    const fault = this.faults[0]?.on === name ? this.faults.shift() : undefined;
    if (fault && !fault.lost) throw fault.error;
    const reply = act();
    if (fault) throw fault.error;
    return structuredClone(reply);
  }

  private get present(): SegmentationContract {
    if (!this.segmentation) throw new Error('there is no segmentation');
    return this.segmentation;
  }

  private segmentAt(segmentNumber: number): SegmentationContract['segments'][number] {
    const segment = this.present.segments.find(candidate => candidate.segmentNumber === segmentNumber);
    if (!segment) throw new RefusedByServer(404, 'segment-not-found', 'No segment', 'None.');
    return segment;
  }

  private changeOf(segmentNumber: number): SegmentChange {
    const { prompts, ...segment } = this.segmentAt(segmentNumber);
    const update: SegmentUpdate = {
      segmentationId: this.present.id,
      version: this.present.version,
      segment: { ...segment, promptCount: prompts.length },
      changedSlices: [0],
    };
    return { update, slices: new Map([[SLICE, new Uint8Array([(1 << segment.voxelCount) - 1])]]) };
  }

  private unchanged(segmentNumber: number): SegmentChange {
    const { update } = this.changeOf(segmentNumber);
    return { update: { ...update, changedSlices: [] }, slices: new Map() };
  }

  private commit(segmentNumber: number): void {
    const segment = this.segmentAt(segmentNumber);
    segment.volumeMl = segment.voxelCount = segment.prompts.filter(changesMask).length;
    segment.canUndo = segment.prompts.length > 0;
    segment.canRedo = this.undone.has(segmentNumber);
    this.present.version += 1;
  }

  capabilities = (): never => {
    throw new Error('a session does not ask for these');
  };
  warm = () => this.meet('warm', () => undefined);
  warmPoint = () => this.meet('warmPoint', () => undefined);
  find = () => this.meet('find', () => this.segmentation);
  read = () => this.meet('read', () => this.present);
  readMasks = () =>
    this.meet('readMasks', () =>
      this.present.segments.map(({ trackingUID, segmentNumber }) => ({
        trackingUID,
        slices: this.changeOf(segmentNumber).slices,
      })),
    );
  create = () =>
    this.meet('create', () => {
      const created = {
        id: 'id',
        ...SERIES,
        model: 'm',
        createdAt: '',
        version: 0,
        segments: [],
        stored: [],
      };
      return (this.segmentation = created);
    });
  addSegment: SegmentationApi['addSegment'] = (_id, { label, colour }) =>
    this.meet('addSegment', () => {
      const segmentNumber = this.present.segments.length + 1;
      this.present.segments.push({
        ...{ segmentNumber, label, colour: [...colour], trackingUID: `2.25.${segmentNumber}`, prompts: [] },
        ...{ voxelCount: 0, volumeMl: 0, predictedIou: null, canUndo: false, canRedo: false },
      });
      this.present.version += 1;
      return this.present;
    });
  changeSegment: SegmentationApi['changeSegment'] = (_id, segmentNumber, { label, colour }) =>
    this.meet('changeSegment', () => {
      Object.assign(this.segmentAt(segmentNumber), { label, colour: [...colour] });
      this.present.version += 1;
      return this.present;
    });
  removeSegment: SegmentationApi['removeSegment'] = (_id, segmentNumber) =>
    this.meet('removeSegment', () => {
      this.present.segments = this.present.segments.filter(other => other.segmentNumber !== segmentNumber);
      this.present.version += 1;
      return this.present;
    });
  addPrompt: SegmentationApi['addPrompt'] = (_id, segmentNumber, prompt) =>
    this.meet(`prompt ${prompt.promptId}`, () => {
      const segment = this.segmentAt(segmentNumber);
      if (!segment.prompts.some(({ promptId }) => promptId === prompt.promptId)) {
        segment.prompts.push(prompt);
        this.commit(segmentNumber);
      }
      return changesMask(prompt) ? this.changeOf(segmentNumber) : this.unchanged(segmentNumber);
    });
  takeStep: SegmentationApi['takeStep'] = (_id, segmentNumber, step, version) =>
    this.meet(step, () => {
      if (version !== this.present.version) {
        throw new RefusedByServer(412, 'precondition-failed', 'Another version', 'Read it again.');
      }
      const segment = this.segmentAt(segmentNumber);
      const { prompts } = segment;
      segment.prompts = step === 'undo' ? prompts.slice(0, -1) : (this.undone.get(segmentNumber) ?? []);
      if (step === 'undo') this.undone.set(segmentNumber, prompts);
      else this.undone.delete(segmentNumber);
      this.commit(segmentNumber);
      return this.changeOf(segmentNumber);
    });
  store = () =>
    this.meet('store', () => {
      const { version } = this.present;
      this.present.stored.push({ seriesInstanceUID: '1.2.9', sopInstanceUID: '1.2.9.1', version });
      this.present.version += 1;
      return this.present;
    });
}

function changesMask({ prompt }: IdentifiedPromptContract): boolean {
  return prompt.kind !== 'size' || prompt.wish === 'larger';
}

class FakeView {
  shown: readonly ShownSegment[] = [];
  labels: readonly number[] = [];
  painted: SliceKey[][] = [];
  pointShown: PointLps | null = null;
  open = () => Promise.resolve();
  showPoint(pointLps: PointLps): void {
    this.pointShown = pointLps;
  }
  showSegments(segments: readonly ShownSegment[]): void {
    this.shown = segments;
  }
  paint(slices: ReadonlySet<SliceKey>, masks: SegmentMasks): void {
    this.painted.push([...slices]);
    const labels = new Uint8Array(8);
    masks.composeSlice(SLICE, labels);
    this.labels = [...labels];
  }
}

let server: FakeServer;
let view: FakeView;
let showNewSeries: jest.Mock<(study: string, series: string) => Promise<void>>;
let ids: number;

function newRunner(): PromptSessionRunner {
  return new PromptSessionRunner(SERIES, {
    api: server,
    view,
    studyBrowser: { showNewSeries },
    newId: () => `${(ids += 1)}`,
    nowMs: () => 0,
    delay: () => Promise.resolve(),
  });
}

async function settled(runner: PromptSessionRunner): Promise<void> {
  const isSettled = (): boolean => {
    const { queue, failure } = runner.getSession();
    return queue.length === 0 || failure !== null;
  };
  while (!isSettled()) await new Promise(resolve => setImmediate(resolve));
}

const promptCalls = (): string[] => server.calls.filter(call => call.startsWith('prompt'));

beforeEach(() => {
  server = new FakeServer();
  view = new FakeView();
  showNewSeries = jest.fn(() => Promise.resolve());
  ids = 0;
});

describe('PromptSessionRunner', () => {
  test('has the server prepare for a first click, and for no later one', async () => {
    const runner = newRunner();
    runner.expectClick([1, 2, 3]);
    expect(server.calls).toEqual(['warmPoint']);
    runner.click([1, 2, 3]);
    runner.expectClick([1, 2, 4]);
    await settled(runner);
    runner.expectClick([1, 2, 5]);
    expect(server.calls.filter(call => call === 'warmPoint')).toHaveLength(1);
    runner.addSegment();
    runner.expectClick([1, 2, 6]);
    expect(server.calls.at(-1)).toBe('warmPoint');
  });

  test('creates the segmentation and the segment with the first click, and paints the reply', async () => {
    const runner = newRunner();
    runner.open();
    runner.click([1, 2, 3]);
    await settled(runner);
    expect(server.calls).toEqual(['warm', 'find', 'create', 'addSegment', 'prompt 2']);
    expect(view.labels).toEqual([1, 0, 0, 0, 0, 0, 0, 0]);
    expect(view.painted.at(-1)).toEqual([SLICE]);
    expect(view.shown.map(({ segmentNumber, label }) => [segmentNumber, label])).toEqual([[1, 'Segment 1']]);
    expect(activeSegment(runner.getSession())).toMatchObject({
      segmentNumber: 1,
      volumeMl: 1,
      canUndo: true,
    });
  });

  test('carries out quick clicks in the order made, one at a time, and loses none', async () => {
    const runner = newRunner();
    runner.click([1, 0, 0]);
    runner.click([2, 0, 0], 'exclude');
    runner.setPolarity('exclude');
    runner.click([3, 0, 0]);
    expect(pendingPrompts(runner.getSession(), runner.getSession().activeKey)).toHaveLength(3);
    await settled(runner);
    const prompts = server.segmentation!.segments[0]!.prompts.map(({ prompt }) => prompt);
    expect(prompts.map(prompt => prompt.kind === 'point' && [prompt.pointLps[0], prompt.polarity])).toEqual([
      [1, 'include'],
      [2, 'exclude'],
      [3, 'exclude'],
    ]);
  });

  test('sends what was drawn, with the polarity of the switch unless a key said otherwise', async () => {
    const runner = newRunner();
    const pointsLps: [number, number, number][] = [
      [1, 0, 0],
      [2, 0, 0],
    ];
    runner.draw({ kind: 'box', cornersLps: pointsLps, normalLps: [0, 0, 1] });
    runner.setPolarity('exclude');
    runner.draw({ kind: 'scribble', pointsLps });
    runner.draw({ kind: 'scribble', pointsLps, polarity: 'include' });
    await settled(runner);
    const prompts = server.segmentation!.segments[0]!.prompts.map(({ prompt }) => prompt);
    expect(prompts).toEqual([
      { kind: 'box', cornersLps: pointsLps, normalLps: [0, 0, 1] },
      { kind: 'scribble', pointsLps, polarity: 'exclude' },
      { kind: 'scribble', pointsLps, polarity: 'include' },
    ]);
  });

  test('says that there is no structure of the size wished for, until the reader goes on', async () => {
    const runner = newRunner();
    const missing = (): unknown => runner.getSession().missingSize;
    runner.click([1, 0, 0]);
    await settled(runner);
    runner.resize('larger');
    await settled(runner);
    expect(missing()).toBeNull();
    runner.resize('smaller');
    await settled(runner);
    expect(missing()).toBe('smaller');
    expect(view.labels.slice(0, 3)).toEqual([1, 1, 0]);
    runner.click([2, 0, 0]);
    expect(missing()).toBeNull();
    await settled(runner);
    expect(missing()).toBeNull();
  });

  test('says so of the segment that is shown alone', async () => {
    const runner = newRunner();
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

  test('sends a click whose answer got lost again under the same id', async () => {
    const runner = newRunner();
    server.faults.push({ on: 'prompt 2', error: new NoAnswer('gone'), lost: true });
    runner.click([1, 0, 0]);
    await settled(runner);
    expect(promptCalls()).toEqual(['prompt 2', 'prompt 2']);
    expect(server.segmentation!.segments[0]!.prompts).toHaveLength(1);
    expect(activeSegment(runner.getSession()).prompts).toHaveLength(1);
  });

  test('keeps every click when the server stays away, and goes on where it stopped', async () => {
    const runner = newRunner();
    for (let attempt = 0; attempt < 4; attempt += 1) {
      server.faults.push({ on: 'prompt 2', error: new NoAnswer('gone'), lost: false });
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
    expect(server.segmentation!.segments[0]!.prompts.map(({ prompt }) => middleOf(prompt)?.[0])).toEqual([
      1, 2, 3,
    ]);
  });

  test('gives up one refused click on request and carries out those behind it', async () => {
    const runner = newRunner();
    const error = new RefusedByServer(422, 'prompt-outside-volume', 'Outside', 'Click inside.', 'r1');
    server.faults.push({ on: 'prompt 2', error, lost: false });
    runner.click([1, 0, 0]);
    runner.click([2, 0, 0]);
    await settled(runner);
    expect(runner.getSession().failure).toEqual({
      ...{ title: 'Outside', detail: 'Click inside.', retriable: false, requestId: 'r1' },
    });
    runner.dismiss();
    await settled(runner);
    expect(server.segmentation!.segments[0]!.prompts.map(({ prompt }) => middleOf(prompt)?.[0])).toEqual([2]);
  });

  test('undoes and redoes, with the prompts that are in force', async () => {
    const runner = newRunner();
    runner.click([1, 0, 0]);
    runner.click([2, 0, 0]);
    runner.takeStep('undo');
    await settled(runner);
    expect(view.labels.slice(0, 3)).toEqual([1, 0, 0]);
    expect(activeSegment(runner.getSession()).prompts).toHaveLength(1);
    runner.takeStep('redo');
    await settled(runner);
    expect(view.labels.slice(0, 3)).toEqual([1, 1, 0]);
  });

  test('does not undo twice when the answer to an undo got lost', async () => {
    const runner = newRunner();
    runner.click([1, 0, 0]);
    runner.click([2, 0, 0]);
    runner.click([3, 0, 0]);
    await settled(runner);
    server.faults.push({ on: 'undo', error: new NoAnswer('gone'), lost: true });
    runner.takeStep('undo');
    await settled(runner);
    expect(runner.getSession().failure).toBeNull();
    expect(activeSegment(runner.getSession()).prompts).toHaveLength(2);
    expect(view.labels.slice(0, 4)).toEqual([1, 1, 0, 0]);
  });

  test('brings earlier work on the series back, in place of the empty first segment', async () => {
    const first = newRunner();
    first.click([1, 0, 0]);
    first.changeSegment(first.getSession().activeKey, { label: 'Liver' });
    await settled(first);
    view = new FakeView();
    const second = newRunner();
    second.open();
    await settled(second);
    expect(second.getSession().segments.map(({ label, segmentNumber }) => [label, segmentNumber])).toEqual([
      ['Liver', 1],
    ]);
    expect(view.labels.slice(0, 2)).toEqual([1, 0]);
    expect(view.pointShown).toEqual([1, 0, 0]);
    second.click([2, 0, 0]);
    await settled(second);
    expect(server.segmentation!.segments).toHaveLength(1);
    expect(view.labels.slice(0, 3)).toEqual([1, 1, 0]);
  });

  test('keeps a click that was made while earlier work was still being looked for', async () => {
    const first = newRunner();
    first.click([1, 0, 0]);
    await settled(first);
    const second = newRunner();
    second.open();
    second.click([2, 0, 0]);
    await settled(second);
    expect(server.segmentation!.segments.flatMap(({ prompts }) => prompts)).toHaveLength(2);
    expect(second.getSession().failure).toBeNull();
  });

  test('gives each new segment a name and a colour of its own, and the clicks that follow', async () => {
    const runner = newRunner();
    runner.click([1, 0, 0]);
    runner.addSegment();
    runner.click([2, 0, 0]);
    await settled(runner);
    const [one, two] = server.segmentation!.segments;
    expect([one!.label, two!.label]).toEqual(['Segment 1', 'Segment 2']);
    expect(one!.colour).not.toEqual(two!.colour);
    expect([one!.prompts.length, two!.prompts.length]).toEqual([1, 1]);
  });

  test('takes a removed segment off the images, and begins a new one in place of the last', async () => {
    const runner = newRunner();
    runner.click([1, 0, 0]);
    await settled(runner);
    runner.removeSegment(runner.getSession().activeKey);
    await settled(runner);
    expect(server.segmentation!.segments).toEqual([]);
    expect(view.labels).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    expect(view.shown).toEqual([]);
    expect(runner.getSession().segments).toHaveLength(1);
    expect(activeSegment(runner.getSession()).segmentNumber).toBeNull();
  });

  test('saves, and has the new series appear', async () => {
    const runner = newRunner();
    runner.click([1, 0, 0]);
    await settled(runner);
    expect(hasUnsavedWork(runner.getSession())).toBe(true);
    runner.save();
    await settled(runner);
    expect(showNewSeries).toHaveBeenCalledWith('1.2', '1.2.9');
    expect(hasUnsavedWork(runner.getSession())).toBe(false);
    runner.click([2, 0, 0]);
    await settled(runner);
    expect(hasUnsavedWork(runner.getSession())).toBe(true);
  });
});

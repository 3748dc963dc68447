import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { foldOperations, type NewSegmentation } from '../../server/src/domain/applyOperation.ts';
import type { Prompt } from '../../server/src/domain/prompt.ts';
import type { MaskSnapshot, MaskSummary, Operation } from '../../server/src/domain/segmentation.ts';
import type { WorkspaceStore } from '../../server/src/ports/workspaceStore.ts';

export interface OpenedStore {
  readonly store: WorkspaceStore;
  readonly close: () => Promise<void>;
}

const EVERYTHING = { limit: 100, offset: 0 };

let count = 0;
function newSegmentation(seriesInstanceUID = '1.2.3'): NewSegmentation {
  return {
    id: crypto.randomUUID(),
    series: { studyInstanceUID: '1.2', seriesInstanceUID },
    modelId: 'a-model',
    createdAt: new Date(Date.UTC(2026, 0, 1) + count++ * 1000).toISOString(),
  };
}

const ADDED: Operation = {
  ...{ kind: 'segment-added', segmentNumber: 1, label: 'Leber „links“', colour: [255, 0, 7] },
  trackingUID: '2.25.1',
};
const CLICKED = {
  kind: 'step-added',
  segmentNumber: 1,
  step: {
    ...{ kind: 'prompt', promptId: '00000000-0000-4000-8000-00000000000a', predictedIou: 0.8125 },
    prompt: { kind: 'point', pointLps: [-71.5, 12.000000001, -310.25], polarity: 'exclude' },
    mask: { voxelCount: 12, volumeMl: 0.1 + 0.2, runLength: Uint8Array.of(0, 255, 1, 0, 0, 7) },
  },
} as const satisfies Operation;
function drawn(prompt: Prompt, promptId: string): Operation {
  const { step } = CLICKED;
  return { ...CLICKED, step: { ...step, promptId, prompt } };
}

function adapted(promptId: string): Operation {
  const { step } = CLICKED;
  const adaptation = { adaptationId: 'a', revision: 4, label: 'Leber', caseCount: 3, gain: 0.5 };
  return { ...CLICKED, step: { ...step, promptId, adaptation: { ...adaptation, weights: [0.1 + 0.2, -1] } } };
}

function onVolume(volumeFingerprint: string, promptId: string): Operation {
  const { step } = CLICKED;
  return { ...CLICKED, step: { ...step, promptId, mask: { ...step.mask, volumeFingerprint } } };
}

function withoutVoxels(operation: Operation): Operation<MaskSummary> {
  const summary = ({ runLength: _, ...known }: MaskSnapshot): MaskSummary => known;
  if (operation.kind === 'segment-added') {
    const { openedMask, ...added } = operation;
    return { ...added, ...(openedMask && { openedMask: summary(openedMask) }) };
  }
  if (operation.kind !== 'step-added') return operation;
  const { step } = operation;
  return { ...operation, step: step.kind === 'clear' ? step : { ...step, mask: summary(step.mask) } };
}

const PATH_LPS = [
  [0.1, 2, 3],
  [4, 5, 6],
  [4, 2, 3],
] as const;

const MASS = { value: '4147007', scheme: 'SCT', meaning: 'Mass' } as const;
const OPENED: readonly Operation[] = [
  {
    ...{ kind: 'opened', seriesInstanceUID: '1.8', sopInstanceUID: '1.8.1' },
    warnings: [
      { code: 'fractional-thresholded', detail: 'Values of at least 127.5 count as inside.' },
      { code: 'moved-to-grid', detail: 'Frames lie up to 0.10 voxels off the images.' },
      { code: 'image-missing', detail: 'An image that a frame lies on is missing.' },
    ],
  },
  {
    ...ADDED,
    segmentNumber: 7,
    description: {
      ...{ trackingID: 'Läsion 1', algorithm: { type: 'MANUAL' } },
      codes: {
        ...{ category: MASS, type: MASS, typeModifiers: [MASS] },
        anatomicRegion: { code: MASS, modifiers: [] },
      },
    },
    openedMask: CLICKED.step.mask,
  },
];

const EVERY_KIND: readonly Operation[] = [
  ...[...OPENED, ADDED, CLICKED, adapted('adapted')],
  drawn({ kind: 'scribble', pointsLps: PATH_LPS, polarity: 'include' }, 'b'),
  drawn({ kind: 'lasso', pointsLps: PATH_LPS, polarity: 'exclude' }, 'c'),
  drawn({ kind: 'box', cornersLps: PATH_LPS }, 'd'),
  drawn({ kind: 'box', cornersLps: PATH_LPS, normalLps: [0, 0, 1] }, 'e'),
  drawn({ kind: 'size', wish: 'larger' }, 'f'),
  onVolume('0123456789abcdef', 'g'),
  { kind: 'segment-changed', segmentNumber: 1, label: 'Liver', colour: [1, 2, 3] },
  { kind: 'undone', segmentNumber: 1 },
  { kind: 'redone', segmentNumber: 1 },
  { kind: 'step-added', segmentNumber: 1, step: { kind: 'clear' } },
  { ...ADDED, segmentNumber: 2 },
  { kind: 'segment-removed', segmentNumber: 2 },
  { kind: 'stored', seriesInstanceUID: '1.9', sopInstanceUID: '1.9.1' },
  { kind: 'report-stored', seriesInstanceUID: '1.10', sopInstanceUID: '1.10.1' },
  { kind: 'structure-set-stored', seriesInstanceUID: '1.11', sopInstanceUID: '1.11.1' },
];

/** What every workspace store promises. */
export function workspaceStoreContract(name: string, open: () => Promise<OpenedStore>): void {
  describe(`${name} as a workspace store`, () => {
    let store: WorkspaceStore;
    let close: () => Promise<void>;
    beforeAll(async () => ({ store, close } = await open()));
    afterAll(() => close());

    test('gives back every kind of operation exactly as the fold of the log', async () => {
      const created = newSegmentation();
      await store.create(created);
      await store.append(created.id, 0, EVERY_KIND.slice(0, 1));
      await store.append(created.id, 1, EVERY_KIND.slice(1));
      expect(await store.load(created.id)).toEqual(foldOperations(created, EVERY_KIND));
    });

    test('creates a segmentation with all that it begins with, or not at all', async () => {
      const [whole, broken] = [newSegmentation('1.4'), newSegmentation('1.4')];
      await store.create(whole, EVERY_KIND);
      expect(await store.load(whole.id)).toEqual(foldOperations(whole, EVERY_KIND));
      const unsure: Operation = { ...CLICKED, step: { ...CLICKED.step, predictedIou: NaN } };
      await expect(store.create(broken, [ADDED, unsure])).rejects.toThrow();
      // The viewer shows the newest: an empty one would hide what was there before.
      const [newest] = await store.list({ ...EVERYTHING, seriesInstanceUID: '1.4' });
      expect(newest?.id).toBe(whole.id);
      await store.append(whole.id, EVERY_KIND.length, [ADDED]);
    });

    test('lists what a reader is told of a segmentation, without reading the voxels of its masks', async () => {
      const created = newSegmentation('1.11');
      await store.create(created, EVERY_KIND);
      const [listed] = await store.list({ ...EVERYTHING, seriesInstanceUID: '1.11' });
      expect(listed).toEqual(foldOperations(created, EVERY_KIND.map(withoutVoxels)));
    });

    test('gives back a segmentation as it was at an earlier version', async () => {
      const created = newSegmentation();
      await store.create(created);
      await store.append(created.id, 0, EVERY_KIND);
      for (const version of [1, EVERY_KIND.length]) {
        const then = foldOperations(created, EVERY_KIND.slice(0, version));
        expect(await store.load(created.id, version)).toEqual(then);
      }
    });

    test('keeps the image that names the volume', async () => {
      for (const image of [{ sopInstanceUID: '1.2.3.4' }, { sopInstanceUID: '1.2.3.4', frameNumber: 7 }]) {
        const created = newSegmentation();
        const named = { ...created, series: { ...created.series, image } };
        await store.create(named);
        expect((await store.load(named.id)).series).toEqual(named.series);
      }
    });

    test('lists those that name the very image', async () => {
      const frames = [undefined, 2].map(frameNumber => {
        const created = newSegmentation('1.6');
        const image = { sopInstanceUID: '1.6.1', ...(frameNumber !== undefined && { frameNumber }) };
        return { ...created, series: { ...created.series, image } };
      });
      const [first, second] = frames;
      for (const created of [...frames, newSegmentation('1.6')]) await store.create(created);
      const idsOf = async (image: { sopInstanceUID: string; frameNumber?: number }): Promise<string[]> =>
        (await store.list({ ...EVERYTHING, image })).map(({ id }) => id);
      expect(await idsOf({ sopInstanceUID: '1.6.1' })).toEqual([first?.id]);
      expect(await idsOf({ sopInstanceUID: '1.6.1', frameNumber: 1 })).toEqual([first?.id]);
      expect(await idsOf({ sopInstanceUID: '1.6.1', frameNumber: 2 })).toEqual([second?.id]);
      expect(await idsOf({ sopInstanceUID: '1.6.2' })).toEqual([]);
    });

    test('refuses to append behind, or beyond, the end of the log', async () => {
      const created = newSegmentation();
      await store.create(created);
      await store.append(created.id, 0, [ADDED]);
      await expect(store.append(created.id, 0, [CLICKED])).rejects.toMatchObject({ code: 'edit-conflict' });
      await expect(store.append(created.id, 2, [CLICKED])).rejects.toMatchObject({ code: 'edit-conflict' });
      expect((await store.load(created.id)).version).toBe(1);
    });

    test('lets exactly one of two rival appends win', async () => {
      const created = newSegmentation();
      await store.create(created);
      const rivals = [store.append(created.id, 0, [ADDED]), store.append(created.id, 0, [ADDED])];
      const outcomes = (await Promise.allSettled(rivals)).map(outcome => outcome.status);
      expect(outcomes.sort()).toEqual(['fulfilled', 'rejected']);
    });

    test('appends all operations or none', async () => {
      const created = newSegmentation();
      await store.create(created);
      const broken = { ...ADDED, label: 'no\u0000zero byte in PostgreSQL text' };
      await expect(store.append(created.id, 0, [ADDED, broken])).rejects.toThrow();
      expect((await store.load(created.id)).version).toBe(0);
    });

    test('takes nothing that it could not read again: one such step would cost all that came before', async () => {
      const created = newSegmentation();
      await store.create(created);
      await store.append(created.id, 0, [ADDED, CLICKED]);
      const unsure: Operation = { ...CLICKED, step: { ...CLICKED.step, promptId: 'b', predictedIou: NaN } };
      const nowhere = drawn({ kind: 'point', pointLps: [Infinity, 0, 0], polarity: 'include' }, 'c');
      await expect(store.append(created.id, 2, [unsure])).rejects.toThrow();
      await expect(store.append(created.id, 2, [ADDED, nowhere])).rejects.toThrow();
      expect(await store.load(created.id)).toEqual(foldOperations(created, [ADDED, CLICKED]));
    });

    test('lists newest first, by series and by page', async () => {
      const [first, other, last] = [newSegmentation('1.7'), newSegmentation('1.8'), newSegmentation('1.7')];
      for (const segmentation of [first, other, last]) await store.create(segmentation);
      const idsOf = async (filter: Parameters<WorkspaceStore['list']>[0]): Promise<string[]> =>
        (await store.list(filter)).map(segmentation => segmentation.id);
      expect(await idsOf({ ...EVERYTHING, seriesInstanceUID: '1.7' })).toEqual([last.id, first.id]);
      expect(await idsOf({ ...EVERYTHING, studyInstanceUID: '1.2', limit: 2 })).toEqual([last.id, other.id]);
      expect(await idsOf({ seriesInstanceUID: '1.7', limit: 1, offset: 1 })).toEqual([first.id]);
      expect(await idsOf({ ...EVERYTHING, studyInstanceUID: '9.9' })).toEqual([]);
    });

    test('lists what was edited last first, whenever it was begun: readers go on with it', async () => {
      const [older, newer] = [newSegmentation('1.5'), newSegmentation('1.5')];
      for (const segmentation of [older, newer]) await store.create(segmentation, [ADDED]);
      const first = async (): Promise<string | undefined> =>
        (await store.list({ seriesInstanceUID: '1.5', limit: 1, offset: 0 }))[0]?.id;
      expect(await first()).toBe(newer.id);
      await store.append(older.id, 1, [CLICKED]);
      expect(await first()).toBe(older.id);
      await store.append(newer.id, 1, [
        { kind: 'stored', seriesInstanceUID: '1.9', sopInstanceUID: '1.9.1' },
      ]);
      expect(await first()).toBe(older.id);
    });

    test('says so when a segmentation does not exist, or no longer', async () => {
      const created = newSegmentation();
      const missing = { code: 'segmentation-not-found' };
      await expect(store.load(created.id)).rejects.toMatchObject(missing);
      await expect(store.append(created.id, 0, [ADDED])).rejects.toMatchObject(missing);
      await expect(store.remove(created.id)).rejects.toMatchObject(missing);
      await store.create(created);
      await store.append(created.id, 0, [ADDED]);
      await store.remove(created.id);
      await expect(store.load(created.id)).rejects.toMatchObject(missing);
    });
  });
}

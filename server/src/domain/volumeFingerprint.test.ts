import { expect, test } from '@jest/globals';
import { foldOperations } from './applyOperation.ts';
import type { Affine } from './affine.ts';
import { syntheticVolume } from './fixtures/syntheticVolume.ts';
import type { Operation, Segmentation } from './segmentation.ts';
import type { Volume } from './volume.ts';
import { requireVolumeOfMasks, volumeFingerprintOf } from './volumeFingerprint.ts';
import { sameGeometry } from './volumeGeometry.ts';

const AFFINE: Affine = [2, 0, 0, -60, 0, 2, 0, -50, 0, 0, 3, 700, 0, 0, 0, 1];
const VOLUME = syntheticVolume([4, 3, 5], AFFINE, () => 0);

function changedGeometries(): Volume['geometry'][] {
  const { geometry } = VOLUME;
  const { shapeIjk, ijkToLps } = geometry;
  const moved = ijkToLps.slice(0, 12).map((_, at) => ({
    ...geometry,
    ijkToLps: ijkToLps.map((value, n) => (n === at ? value + 0.01 : value)) as unknown as Affine,
  }));
  const resized = ([0, 1, 2] as const).map(axis => ({
    ...geometry,
    shapeIjk: [0, 1, 2].map(n => shapeIjk[n]! + (n === axis ? 1 : 0)) as [number, number, number],
  }));
  return [...moved, ...resized, { ...geometry, frameOfReferenceUID: '1.2.840.99' }];
}

function segmentationOn(volumeFingerprint: string | undefined): Segmentation {
  const added: Operation = {
    ...{ kind: 'segment-added', segmentNumber: 1, label: 'Liver', colour: [1, 2, 3], trackingUID: '2.25.1' },
  };
  const clicked: Operation = {
    kind: 'step-added',
    segmentNumber: 1,
    step: {
      ...{ kind: 'prompt', promptId: 'a', predictedIou: 0.9 },
      prompt: { kind: 'point', pointLps: [0, 0, 0], polarity: 'include' },
      mask: {
        ...{ voxelCount: 1, volumeMl: 1, runLength: Uint8Array.of(0) },
        ...(volumeFingerprint !== undefined && { volumeFingerprint }),
      },
    },
  };
  const start = { id: 'x', series: VOLUME.series, modelId: 'm', createdAt: '2026-01-01T00:00:00.000Z' };
  return foldOperations(start, [added, clicked]);
}

test('volumes whose geometries differ in one field are unequal, and have other fingerprints', () => {
  const fingerprints = changedGeometries().map(geometry => {
    expect(sameGeometry(geometry, VOLUME.geometry)).toBe(false);
    return volumeFingerprintOf({ ...VOLUME, geometry });
  });
  expect(new Set([...fingerprints, volumeFingerprintOf(VOLUME)]).size).toBe(17);
});

test('a volume that has lost, gained or swapped an image has another fingerprint', () => {
  const [first, second, ...others] = VOLUME.slices;
  const changed = [
    [second, ...others],
    [first, ...VOLUME.slices],
    [second, first, ...others],
    [undefined, second, ...others],
    [first && { ...first, frameNumber: 2 }, second, ...others],
  ];
  const fingerprints = changed.map(slices => volumeFingerprintOf({ ...VOLUME, slices }));
  expect(new Set([...fingerprints, volumeFingerprintOf(VOLUME)]).size).toBe(6);
});

test('the same volume has the same fingerprint, whichever image named it', () => {
  const series = { ...VOLUME.series, image: { sopInstanceUID: '1.2.3' } };
  expect(volumeFingerprintOf({ ...VOLUME, series })).toBe(volumeFingerprintOf(VOLUME));
  expect(volumeFingerprintOf(VOLUME)).toMatch(/^[\da-f]{16}$/);
});

test('masks are taken on their own volume only', () => {
  const grown = { ...VOLUME, slices: [...VOLUME.slices, VOLUME.slices[0]] };
  const segmentation = segmentationOn(volumeFingerprintOf(VOLUME));
  expect(() => requireVolumeOfMasks(segmentation, VOLUME)).not.toThrow();
  expect(() => requireVolumeOfMasks(segmentation, grown)).toThrow('series-changed');
  // Logs that are older than fingerprints can still be read.
  expect(() => requireVolumeOfMasks(segmentationOn(undefined), grown)).not.toThrow();
});

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { findPython } from '../../../test/external/python.ts';
import { runPythonScript } from '../../../test/external/pythonScript.ts';
import { maskOf } from '../../../test/fixtures/segmentations.ts';
import { dot, norm, subtract, type Vector3 } from './affine.ts';
import { anyAffine, anyMask } from './fixtures/arbitraries.ts';
import { atOnce } from './atOnce.ts';
import { obliqueAffine, syntheticVolume } from './fixtures/syntheticVolume.ts';
import { emptyMask, voxelAt, type Mask } from './mask.ts';
import { measureSegment, type SegmentMeasurements } from './segmentMeasurements.ts';
import type { Volume } from './volume.ts';
import { indexIjkOf } from './volumeGeometry.ts';

const SHAPE: Vector3 = [24, 20, 9];
const WHOLE = { minIjk: [0, 0, 0], maxIjk: SHAPE } as const;

/** An ellipsoid with a dent and a satellite, so that hull and mask differ. */
const LESION = maskOf(SHAPE, WHOLE, (i, j, k) => {
  const inEllipsoid = ((i - 9) / 7.4) ** 2 + ((j - 10) / 4.2) ** 2 + ((k - 4) / 3.1) ** 2 <= 1;
  const inDent = (i - 9) ** 2 + (j - 14) ** 2 < 9;
  return (inEllipsoid && !inDent) || (i > 17 && i < 20 && j > 2 && j < 6 && k === 5);
});

const GRIDS: Readonly<Record<string, Volume>> = Object.fromEntries(
  (
    [
      ['isotropic', [0, 0, 0], [1, 1, 1], 0],
      ['anisotropic', [0, 0, 0], [0.45, 1.3, 5], 0],
      ['oblique', [0.4, -0.3, 0.9], [0.7, 0.8, 2.5], 0],
      ['gantry-tilted', [0.2, 0.1, 0], [0.9, 0.6, 3], 0.3],
    ] as const
  ).map(([name, angles, spacingMm, shear]) => {
    const grid = obliqueAffine(angles, spacingMm, [-120, 33.3, 410], shear);
    const volume = syntheticVolume(SHAPE, grid, (_, [i, j, k]) => ((37 * i + 101 * j + 13 * k) % 211) - 40);
    return [name, { ...volume, rescale: { slope: 0.5, intercept: -1024 } }];
  }),
);

function measured(mask: Mask, volume: Volume): SegmentMeasurements {
  const measurements = atOnce(measureSegment(mask, volume));
  if (!measurements) throw new Error('nothing to measure');
  return measurements;
}

/** The voxels with their values, as test/python/measureSegment.py takes them. */
function tableOf(mask: Mask, { geometry, values, rescale }: Volume): string {
  const [columns, rows, slices] = geometry.shapeIjk;
  const voxels: number[][] = [];
  for (let k = 0; k < slices; k++) {
    for (let j = 0; j < rows; j++) {
      for (let i = 0; i < columns; i++) {
        const stored = values[(k * rows + j) * columns + i] ?? NaN;
        if (voxelAt(mask, i, j, k)) voxels.push([i, j, k, stored * rescale.slope + rescale.intercept]);
      }
    }
  }
  return JSON.stringify({ ijkToLps: geometry.ijkToLps, voxels });
}

const python = findPython(['numpy', 'scipy']);
const withPython = python === undefined ? test.skip : test;
if (python === undefined) {
  console.log('SKIPPED: measurements compared with those of Python: none with numpy and scipy is found');
}

describe('numpy and scipy measure the same', () => {
  for (const [name, volume] of Object.entries(GRIDS)) {
    withPython(`on an ${name} grid`, () => {
      const { volumeMl, diameters, values } = measured(LESION, volume);
      const seen = runPythonScript(python ?? '', 'measureSegment.py', {
        'segment.json': tableOf(LESION, volume),
      }) as Record<string, number>;
      expect(volumeMl).toBeCloseTo(seen.volumeMl ?? NaN, 9);
      expect(diameters.longest.lengthMm).toBeCloseTo(seen.longestMm ?? NaN, 8);
      expect(diameters.perpendicular.lengthMm).toBeCloseTo(seen.perpendicularMm ?? NaN, 6);
      for (const part of ['mean', 'standardDeviation', 'minimum', 'maximum'] as const) {
        expect(values[part]).toBeCloseTo(seen[part] ?? NaN, 8);
      }
    });
  }
});

describe('the measurements of a segment', () => {
  test('are those of a known block: edge to edge, not centre to centre', () => {
    const volume = syntheticVolume(SHAPE, obliqueAffine([0, 0, 0], [0.5, 2, 3]), ([, , z]) => z);
    const block = maskOf(SHAPE, { minIjk: [2, 3, 1], maxIjk: [8, 5, 3] }, () => true);
    const { voxelCount, volumeMl, diameters, values } = measured(block, volume);
    expect(voxelCount).toBe(24);
    expect(volumeMl).toBeCloseTo(0.072, 12);
    // 6 columns of 0.5 mm by 2 rows of 2 mm
    expect(diameters.longest.lengthMm).toBeCloseTo(5, 12);
    expect(diameters.perpendicular.lengthMm).toBeCloseTo(3.75, 12);
    expect(diameters.sliceIndex).toBe(1);
    expect(values).toEqual({ mean: 304.5, standardDeviation: 1.5, minimum: 303, maximum: 306 });
  });

  test('of a single voxel are its diagonals and its value', () => {
    const volume = syntheticVolume(SHAPE, obliqueAffine([0.3, 0.2, 0.1], [3, 4, 7]), () => -7.25);
    const voxel = maskOf(SHAPE, { minIjk: [4, 4, 4], maxIjk: [5, 5, 5] }, () => true);
    const { diameters, values } = measured(voxel, volume);
    expect(diameters.longest.lengthMm).toBeCloseTo(5, 12);
    expect(values).toEqual({ mean: -7.25, standardDeviation: 0, minimum: -7.25, maximum: -7.25 });
  });

  test('draw both lines in the plane of their slice, at a right angle, between places in the patient', () => {
    fc.assert(
      fc.property(anyMask, anyAffine, (mask, ijkToLps) => {
        const volume = syntheticVolume(mask.shapeIjk, ijkToLps, () => 0);
        const measurements = atOnce(measureSegment(mask, volume));
        fc.pre(measurements !== undefined);
        const { sliceIndex, longest, perpendicular } = measurements.diameters;
        const lines = [longest, perpendicular].map(({ endsLps, lengthMm }) => {
          const line = subtract(endsLps[1], endsLps[0]);
          expect(norm(line)).toBeCloseTo(lengthMm, 9);
          for (const end of endsLps) {
            expect(indexIjkOf(volume.geometry, end)[2]).toBeCloseTo(sliceIndex, 9);
          }
          return line;
        });
        expect(dot(lines[0]!, lines[1]!)).toBeCloseTo(0, 9);
        expect(perpendicular.lengthMm).toBeLessThanOrEqual(longest.lengthMm + 1e-9);
      }),
    );
  });

  test('a rescale that turns values over keeps the minimum below the maximum', () => {
    const volume = syntheticVolume(SHAPE, obliqueAffine([0, 0, 0], [1, 1, 1]), (_, [i]) => i);
    const turned = { ...volume, rescale: { slope: -2, intercept: 10 } };
    const row = maskOf(SHAPE, { minIjk: [1, 0, 0], maxIjk: [4, 1, 1] }, () => true);
    expect(measured(row, turned).values).toMatchObject({ mean: 6, minimum: 4, maximum: 8 });
  });

  test('of nothing do not exist', () => {
    expect(atOnce(measureSegment(emptyMask(SHAPE), GRIDS['oblique']!))).toBeUndefined();
  });
});

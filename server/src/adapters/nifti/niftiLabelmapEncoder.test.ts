import { describe, expect, test } from '@jest/globals';
import { findPython } from '../../../../test/external/python.ts';
import { runPythonScript } from '../../../../test/external/pythonScript.ts';
import { EXPORTED_SEGMENTS, GRIDS, SHAPE, voxelsOfMask } from '../../../../test/fixtures/exportedSegments.ts';
import { maskOf } from '../../../../test/fixtures/segmentations.ts';
import { affineFromColumns, applyAffine, type Affine, type Vector3 } from '../../domain/affine.ts';
import type { LabelmapToEncode } from '../../ports/labelmapEncoder.ts';
import type { ExportedSegment } from '../../ports/exportedSegment.ts';
import { obliqueAffine } from '../../domain/fixtures/syntheticVolume.ts';
import { NiftiLabelmapEncoder } from './niftiLabelmapEncoder.ts';

/** What test/python/readNifti.py prints. */
interface SeenNifti {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly comment: string;
  readonly qform: readonly (readonly number[])[] | null;
  readonly sform: readonly (readonly number[])[];
  readonly voxels: readonly (readonly [number, number, number, number])[];
}

const python = findPython(['numpy']);
const withPython = python === undefined ? test.skip : test;
if (python === undefined) console.log('SKIPPED: reading NIfTI in Python: no Python with numpy is found');

async function written(
  ijkToLps: Affine,
  segments: readonly ExportedSegment[] = EXPORTED_SEGMENTS,
  unseen?: LabelmapToEncode['unseen'],
): Promise<SeenNifti> {
  const geometry = { shapeIjk: SHAPE, ijkToLps, frameOfReferenceUID: '1.2.3' };
  const bytes = await new NiftiLabelmapEncoder().encode({
    ...{ geometry, segments, description: 'Phantom' },
    ...(unseen && { unseen }),
  });
  return runPythonScript(python ?? '', 'readNifti.py', { 'labels.nii.gz': bytes }) as SeenNifti;
}

/** Where an affine of the file puts a voxel, in LPS. */
function placedLps(affine: readonly (readonly number[])[], [i, j, k]: Vector3): Vector3 {
  const [x, y, z] = affine.map(row => row[0]! * i + row[1]! * j + row[2]! * k + row[3]!);
  return [-x!, -y!, z!];
}

/** float32 of coordinates below 512 mm. */
const ROUNDING_MM = 1e-4;

describe('a labelmap read by the rules of NIfTI', () => {
  const flipped = affineFromColumns([-0.7, 0, 0], [0, 0.8, 0], [0, 0, 2.5], [40, -20, 10]);
  for (const [name, ijkToLps] of Object.entries({ ...GRIDS, 'left-handed': flipped })) {
    withPython(`has every voxel in its place on an ${name} grid`, async () => {
      const seen = await written(ijkToLps);
      expect(seen).toMatchObject({
        ...{ shape: [...SHAPE], dtype: 'uint8', slope: [1, 0], units: 2, intent: 1002 },
        ...{ description: 'Phantom', comment: '2 Left kidney\n5 Läsion', sformCode: 1 },
      });
      const labels = new Map<string, number>();
      for (const { mask, segmentNumber } of EXPORTED_SEGMENTS) {
        for (const voxel of voxelsOfMask(mask)) labels.set(String(voxel), segmentNumber);
      }
      expect(new Map(seen.voxels.map(([i, j, k, label]) => [String([i, j, k]), label]))).toEqual(labels);
      for (const affine of name === 'tilted' ? [seen.sform] : [seen.sform, seen.qform!]) {
        for (const corner of [[0, 0, 0], SHAPE, [12, 0, 3], [0, 10, 8]] as const) {
          placedLps(affine, corner).forEach((mm, axis) =>
            expect(Math.abs(mm - applyAffine(ijkToLps, corner)[axis]!)).toBeLessThan(ROUNDING_MM),
          );
        }
      }
      expect(seen.qform === null).toBe(name === 'tilted');
    });
  }

  withPython('has a qform in any direction that agrees with the sform, or none', async () => {
    for (const angle of [0, 1e-5, 2e-4, 0.01, Math.PI / 2, Math.PI - 3e-4, Math.PI]) {
      const ijkToLps = obliqueAffine([angle, -angle, angle / 3], [0.7, 0.8, 2.5]);
      const { qform, sform } = await written(ijkToLps);
      qform?.forEach((row, r) =>
        row.forEach((value, c) => expect(Math.abs(value - sform[r]![c]!)).toBeLessThan(ROUNDING_MM)),
      );
    }
  });

  withPython('has 16 bits where a segment number needs them', async () => {
    const mask = maskOf(SHAPE, { minIjk: [1, 2, 3], maxIjk: [2, 3, 4] }, () => true);
    const seen = await written(GRIDS.axial, [{ ...EXPORTED_SEGMENTS[0]!, segmentNumber: 300, mask }]);
    expect(seen).toMatchObject({ dtype: 'uint16', voxels: [[1, 2, 3, 300]] });
  });

  withPython('has the number of what is not known in every voxel of slices that are missing', async () => {
    const mask = maskOf(SHAPE, { minIjk: [1, 2, 2], maxIjk: [2, 3, 5] }, () => true);
    const unseen = { slices: [3], label: 255 };
    const seen = await written(GRIDS.axial, [{ ...EXPORTED_SEGMENTS[0]!, mask }], unseen);
    expect(seen.dtype).toBe('uint8');
    expect(seen.voxels.filter(([, , k]) => k !== 3)).toEqual([[1, 2, 2, 2], [1, 2, 4, 2]]); // prettier-ignore
    const missing = seen.voxels.filter(([, , k]) => k === 3);
    expect(missing).toHaveLength(SHAPE[0] * SHAPE[1]);
    expect(new Set(missing.map(([, , , label]) => label))).toEqual(new Set([255]));
  });

  test('is refused for slices that are not evenly spaced', async () => {
    const geometry = { shapeIjk: SHAPE, ijkToLps: GRIDS.axial, frameOfReferenceUID: '1.2.3' };
    const slicePlaces = Array.from({ length: SHAPE[2] }, (_, k) => k + 0.2 * Math.sin(k));
    const labelmap = { geometry: { ...geometry, slicePlaces }, segments: EXPORTED_SEGMENTS, description: '' };
    await expect(new NiftiLabelmapEncoder().encode(labelmap)).rejects.toMatchObject({
      code: 'unsupported-geometry',
    });
  });
});

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { obliqueAffines } from '../../../test/fixtures/obliqueAffines.ts';
import { sliceOf } from '../../../test/fixtures/slices.ts';
import { add, affineColumn, affineFromColumns, norm, subtract, type Affine, type Vector3 } from './affine.ts';
import type { DecodedSlice } from './decodedSlice.ts';
import { Problem } from './errors.ts';
import { SliceStack } from './sliceStack.ts';
import type { Volume } from './volume.ts';
import { pointLpsOf, sameGeometry } from './volumeGeometry.ts';

const AXIAL = affineFromColumns([0.7, 0, 0], [0, 0.8, 0], [0, 0, 2.5], [-100, -120, 40]);

function volumeOf(slices: readonly DecodedSlice[]): Volume {
  const stack = new SliceStack();
  for (const slice of slices) stack.add(slice);
  return stack.toVolume();
}

function axial(count: number, changes: (k: number) => Partial<DecodedSlice> = () => ({})): DecodedSlice[] {
  return Array.from({ length: count }, (_, k) => sliceOf(AXIAL, 3, 2, k, changes(k)));
}

function refusal(slices: readonly DecodedSlice[]): Problem {
  try {
    volumeOf(slices);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('the stack was accepted');
}

function movedAlongZ(k: number, mm: number): Pick<DecodedSlice, 'imagePositionPatient'> {
  const { imagePositionPatient } = sliceOf(AXIAL, 3, 2, k);
  return { imagePositionPatient: add(imagePositionPatient, [0, 0, mm]) };
}

describe('a stack of slices', () => {
  test('gives the grid that the slices were cut from, whatever its orientation and their order', () => {
    const shuffled = fc.integer({ min: 2, max: 9 }).chain(count =>
      fc.shuffledSubarray(
        Array.from({ length: count }, (_, k) => k),
        { minLength: count, maxLength: count },
      ),
    );
    fc.assert(
      fc.property(obliqueAffines, shuffled, (ijkToLps, ks) => {
        const volume = volumeOf(ks.map(k => sliceOf(ijkToLps, 3, 2, k)));
        const expected = { shapeIjk: [3, 2, ks.length] as Vector3, ijkToLps, frameOfReferenceUID: '1.2.3.4' };
        expect(sameGeometry(volume.geometry, expected)).toBe(true);
        const inOrder = ks.slice().sort((a, b) => a - b);
        expect([...volume.values]).toEqual(inOrder.flatMap(k => Array<number>(6).fill(k)));
        expect(volume.slices.map(({ sopInstanceUID }) => sopInstanceUID)).toEqual(
          inOrder.map(k => `1.2.3.3.${k}`),
        );
      }),
      { numRuns: 200 },
    );
  });

  test('is right-handed when the slices run against the normal', () => {
    const leftHanded = affineFromColumns([0.7, 0, 0], [0, 0.8, 0], [0, 0, -2.5], [-100, -120, 40]);
    const volume = volumeOf([0, 1, 2, 3].map(k => sliceOf(leftHanded, 3, 2, k)));
    expect(volume.values[0]).toBe(3);
    expect(affineColumn(volume.geometry.ijkToLps, 2)).toEqual([0, 0, 2.5]);
    expect(pointLpsOf(volume.geometry, [0, 0, 3])).toEqual([-100, -120, 40]);
  });

  test('of a tilted gantry gets a sheared grid through the real positions', () => {
    const tilted: Affine = affineFromColumns([0.7, 0, 0], [0, 0.75, 0], [0, 0.9, 2.5], [-100, -120, 40]);
    const volume = volumeOf([2, 0, 3, 1].map(k => sliceOf(tilted, 3, 2, k)));
    for (const k of [0, 1, 2, 3]) {
      const expected = sliceOf(tilted, 3, 2, k).imagePositionPatient;
      expect(norm(subtract(pointLpsOf(volume.geometry, [0, 0, k]), expected))).toBeLessThan(1e-9);
    }
  });

  test('takes noise of 1e-4 in the direction cosines, and refuses more', () => {
    const noisy = (noise: number): DecodedSlice[] =>
      axial(4, k => ({ imageOrientationPatient: [[1, k === 2 ? noise : 0, 0], [0, 1, 0]] })); // prettier-ignore
    expect(volumeOf(noisy(0.9e-4)).geometry.shapeIjk).toEqual([3, 2, 4]);
    expect(refusal(noisy(5e-4)).facts).toMatchObject({ oddSOPInstanceUIDs: ['1.2.3.3.2'] });
  });

  test('takes positions rounded to a tenth of a millimetre', () => {
    const rounded = axial(9, k => movedAlongZ(k, k % 2 ? 0.05 : 0));
    expect(volumeOf(rounded).geometry.shapeIjk[2]).toBe(9);
  });

  test('takes its depth from SliceThickness when there is one slice only, and refuses without', () => {
    const [only] = axial(1);
    expect(only).toBeDefined();
    const volume = volumeOf(axial(1));
    expect(affineColumn(volume.geometry.ijkToLps, 2)).toEqual([0, 0, 2.5]);
    const { sliceThicknessMm: _, ...flat } = sliceOf(AXIAL, 3, 2, 0);
    expect(refusal([flat]).code).toBe('unsupported-geometry');
  });
});

describe('a stack is refused, with the slices named,', () => {
  test('when it is empty', () => {
    expect(refusal([]).code).toBe('unsupported-geometry');
  });

  test('when a slice is missing', () => {
    const problem = refusal(axial(8).filter((_, k) => k !== 3));
    expect(problem.code).toBe('unsupported-geometry');
    expect(problem.facts).toMatchObject({
      gapCount: 1,
      gaps: [{ afterSOPInstanceUID: '1.2.3.3.2', beforeSOPInstanceUID: '1.2.3.3.4', stepMm: 5 }],
    });
  });

  test('when a slice is out of its place along the normal or in the plane', () => {
    const along = refusal(axial(8, k => (k === 5 ? movedAlongZ(k, 0.5) : {})));
    expect(along.facts).toMatchObject({ unevenSOPInstanceUIDs: ['1.2.3.3.5'] });
    const inPlane = refusal(
      axial(8, k => (k === 4 ? { imagePositionPatient: [-99, -120, 40 + 4 * 2.5] } : {})),
    );
    expect(inPlane.facts).toMatchObject({ unevenSOPInstanceUIDs: ['1.2.3.3.4'] });
  });

  test('when several images lie at each position', () => {
    const problem = refusal([...axial(3), ...axial(3, k => ({ sopInstanceUID: `1.9.${k}` }))]);
    expect(problem.facts).toMatchObject({ imageCount: 6, positionCount: 3 });
  });

  test('when a localiser, another plane, size, pixel spacing or Frame of Reference lies among them', () => {
    const odd: Partial<DecodedSlice>[] = [
      { imageType: ['ORIGINAL', 'PRIMARY', 'LOCALIZER'] },
      { imageOrientationPatient: [[1, 0, 0], [0, 0, -1]] }, // prettier-ignore
      { rows: 4, columns: 5, pixels: new Int16Array(20) },
      { pixelSpacingMm: [0.8, 0.71] },
      { frameOfReferenceUID: '1.2.9' },
    ];
    for (const changes of odd) {
      const problem = refusal(axial(5, k => (k === 0 ? changes : {})));
      expect(problem.code).toBe('unsupported-geometry');
      expect(problem.facts).toMatchObject({ oddCount: 1, oddSOPInstanceUIDs: ['1.2.3.3.0'] });
    }
  });

  test('when the axes are not perpendicular or not numbers', () => {
    for (const direction of [
      [0.1, 1, 0],
      [0, NaN, 0],
      [0, 0, 0],
    ] as Vector3[]) {
      // prettier-ignore
      const slices = axial(3, () => ({ imageOrientationPatient: [[1, 0, 0], direction] }));
      expect(refusal(slices).code).toBe('unsupported-geometry');
    }
  });

  test('when a position is not a number or there is no Frame of Reference', () => {
    expect(refusal(axial(3, () => ({ imagePositionPatient: [0, 0, NaN] }))).code).toBe(
      'unsupported-geometry',
    );
    expect(refusal(axial(3, () => ({ frameOfReferenceUID: '' }))).code).toBe('unsupported-geometry');
  });
});

describe('voxel values', () => {
  test('stay as stored where all slices are rescaled alike', () => {
    const volume = volumeOf(axial(3, () => ({ rescaleSlope: 0.5, rescaleIntercept: -1024 })));
    expect(volume.rescale).toEqual({ slope: 0.5, intercept: -1024 });
    expect(volume.values).toBeInstanceOf(Int16Array);
    expect(volume.values[volume.values.length - 1]).toBe(2);
  });

  test('become float32 in modality units from the first slice on when a later one differs', () => {
    const cases: Partial<DecodedSlice>[] = [
      { pixels: new Uint16Array(6).fill(40_000) },
      { rescaleSlope: 0.5 },
      { rescaleIntercept: -40_000 },
    ];
    const expected = [40_000, 1, 2 - 40_000];
    cases.forEach((changes, index) => {
      const { values, rescale } = volumeOf(axial(4, k => (k === 2 ? { ...changes } : {})));
      expect(values).toBeInstanceOf(Float32Array);
      expect(rescale).toEqual({ slope: 1, intercept: 0 });
      expect([values[0], values[6], values[12], values[18]]).toEqual([0, 1, expected[index], 3]);
    });
  });
});

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { obliqueAffines } from '../../../test/fixtures/obliqueAffines.ts';
import { sliceOf } from '../../../test/fixtures/slices.ts';
import { affineColumn, affineFromColumns, norm, subtract, type Affine, type Vector3 } from './affine.ts';
import type { DecodedSlice } from './decodedSlice.ts';
import { AXIAL, axial, movedAlongZ, refusal, volumeOf } from '../../../test/fixtures/axialStack.ts';
import { maskVolumeMl } from './maskVolume.ts';
import { indexIjkOf, pointLpsOf, sameGeometry } from './volumeGeometry.ts';

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
        expect(volume.slices.map(slice => slice?.sopInstanceUID)).toEqual(inOrder.map(k => `1.2.3.3.${k}`));
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

  test('takes noise of 1e-4 in the direction cosines, and leaves out a slice of more', () => {
    const noisy = (noise: number): DecodedSlice[] =>
      axial(4, k => ({ imageOrientationPatient: [[1, k === 2 ? noise : 0, 0], [0, 1, 0]] })); // prettier-ignore
    expect(volumeOf(noisy(0.9e-4)).geometry.shapeIjk).toEqual([3, 2, 4]);
    expect(volumeOf(noisy(5e-4)).slices[2]).toBeUndefined();
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

describe('a stack with gaps', () => {
  test('keeps every slice at its position, whatever slices are missing', () => {
    const present = fc
      .subarray([1, 2, 3, 4, 5, 6, 7, 8], { minLength: 4 })
      .map(inner => [0, ...inner, 9])
      .filter(ks => ks.some((k, at) => k + 1 === ks[at + 1]));
    fc.assert(
      fc.property(obliqueAffines, present, (ijkToLps, ks) => {
        const volume = volumeOf(
          ks.map(k => sliceOf(ijkToLps, 3, 2, k, { pixels: new Int16Array(6).fill(10 * k) })),
        );
        const expected = { shapeIjk: [3, 2, 10] as Vector3, ijkToLps, frameOfReferenceUID: '1.2.3.4' };
        expect(sameGeometry(volume.geometry, expected)).toBe(true);
        volume.slices.forEach((slice, k) =>
          expect(slice?.sopInstanceUID).toBe(ks.includes(k) ? `1.2.3.3.${k}` : undefined),
        );
        // A ramp along the slices stays one across the gaps.
        expect([...volume.values]).toEqual(Array.from({ length: 60 }, (_, n) => 10 * Math.floor(n / 6)));
      }),
      { numRuns: 100 },
    );
  });
});

describe('a stack that is not evenly spaced', () => {
  /** Rising, by steps of 0.5 to 3.5. */
  const unevenPlaces = fc
    .array(fc.double({ min: 0.5, max: 3.5, noNaN: true }), { minLength: 3, maxLength: 9 })
    .map(steps => steps.reduce((places, step) => [...places, places.at(-1)! + step], [0]));

  test('keeps every slice at its position, whatever its orientation and their order', () => {
    fc.assert(
      fc.property(obliqueAffines, unevenPlaces, fc.boolean(), (ijkToLps, places, isReversed) => {
        const slices = places.map(place => sliceOf(ijkToLps, 3, 2, place));
        const { geometry, values, ...volume } = volumeOf(isReversed ? slices.toReversed() : slices);
        // Some lie on a grid with gaps.
        fc.pre(geometry.slicePlaces !== undefined);
        expect(volume.slices).toHaveLength(places.length);
        slices.forEach(({ imagePositionPatient, sopInstanceUID, pixels }, k) => {
          expect(volume.slices[k]?.sopInstanceUID).toBe(sopInstanceUID);
          expect(values[6 * k]).toBe(pixels[0]);
          expect(norm(subtract(pointLpsOf(geometry, [0, 0, k]), imagePositionPatient))).toBeLessThan(1e-9);
          const back = indexIjkOf(geometry, imagePositionPatient);
          expect(norm(subtract(back, [0, 0, k]))).toBeLessThan(1e-7);
        });
        expect(sameGeometry(geometry, geometry)).toBe(true);
        const { slicePlaces: _, ...even } = geometry;
        expect(sameGeometry(geometry, even)).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  test('is measured slice by slice, each half-way to its neighbours', () => {
    const places = [0, 1, 3.3, 4.1, 4.6];
    const stepMl = (0.7 * 0.8 * 2.5) / 1000;
    const { geometry } = volumeOf(places.map(place => sliceOf(AXIAL, 3, 2, place)));
    const voxels = (k: number): number =>
      maskVolumeMl(
        {
          shapeIjk: geometry.shapeIjk,
          box: { minIjk: [1, 1, k], maxIjk: [2, 2, k + 1] },
          voxels: Uint8Array.of(1),
        },
        geometry,
      );
    [1, 1.65, 1.55, 0.65, 0.5].forEach((steps, k) => expect(voxels(k)).toBeCloseTo(steps * stepMl, 12));
  });
});

describe('voxel values', () => {
  test('stay as stored where all slices are rescaled alike', () => {
    const volume = volumeOf(axial(3, () => ({ rescaleSlope: 0.5, rescaleIntercept: -1024 })));
    expect(volume.rescale).toEqual({ slope: 0.5, intercept: -1024 });
    expect(volume.values).toBeInstanceOf(Int16Array);
    expect(volume.values[volume.values.length - 1]).toBe(2);
  });

  test('of PET become SUV by the factor that all slices share, each with its own rescale', () => {
    const slices = axial(3, k => ({
      ...{ rescaleSlope: k + 1, valueMeaning: { units: 'BQML', warnings: [], suvbwFactor: 0.25 } },
    }));
    const { values, rescale, valueMeaning } = volumeOf(slices);
    expect(valueMeaning).toEqual({ units: 'SUVbw', warnings: [] });
    expect([0, 6, 12].map(at => values[at]! * rescale.slope + rescale.intercept)).toEqual([0, 0.5, 1.5]);
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

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { affineColumn, applyAffine, type Vector3 } from './affine.ts';
import { canonicalFrameOf, extentMmOf } from './canonicalFrame.ts';
import { anyAffine, anyFlip, anyReorientation } from './fixtures/arbitraries.ts';
import { SMALL_MODEL } from './fixtures/smallModel.ts';
import { reorientedVolume, syntheticVolume } from './fixtures/syntheticVolume.ts';
import { regionToVolume, snappedRegion, type Region } from './regionOfInterest.ts';
import { sampleRegion, type RegionSamples } from './resample.ts';

const identityMm = (mm: number) => [mm, 0, 0, 0, 0, mm, 0, 0, 0, 0, mm, 0, 0, 0, 0, 1] as const;
const noise = (_: Vector3, [i, j, k]: Vector3): number =>
  ((i * 7919 + j * 104729 + k * 1299709) % 2003) - 1000;

function eachInside(samples: RegionSamples, visit: (value: number, indexIjk: Vector3) => void): void {
  const { insideBox, shapeIjk, values } = samples;
  for (let k = insideBox.minIjk[2]; k < insideBox.maxIjk[2]; k++) {
    for (let j = insideBox.minIjk[1]; j < insideBox.maxIjk[1]; j++) {
      for (let i = insideBox.minIjk[0]; i < insideBox.maxIjk[0]; i++) {
        visit(values[(k * shapeIjk[1] + j) * shapeIjk[0] + i] ?? NaN, [i, j, k]);
      }
    }
  }
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((worst, value, at) => Math.max(worst, Math.abs(value - (b[at] ?? NaN))), 0);
}

describe('sampling a region', () => {
  test('reproduces a linear field in every orientation, coarse and fine, away from the edge', () => {
    fc.assert(
      fc.property(
        anyAffine,
        anyReorientation,
        fc.constantFrom(3, 1.5, 0.75),
        (ijkToLps, reorientation, spacingMm) => {
          const field = ([x, y, z]: Vector3): number => 2 * x - 3 * y + 0.5 * z;
          const volume = reorientedVolume(syntheticVolume([20, 18, 16], ijkToLps, field), reorientation);
          const { geometry } = volume;
          const frame = canonicalFrameOf(geometry);
          const region = snappedRegion(SMALL_MODEL, [20, 20, 20], spacingMm);
          const toVolume = regionToVolume(frame, region);
          // A mean over whole source voxels lies up to an eighth of a voxel's step beside the centre.
          let tolerance = 1e-3;
          let worst = 0;
          const reach = [0, 0, 0];
          for (const { volumeAxis, spacingMm: sourceMm } of frame) {
            const width = Math.max(1, spacingMm / sourceMm);
            const step = affineColumn(geometry.ijkToLps, volumeAxis);
            if (width > 1) tolerance += Math.abs(field(step)) / (8 * width);
            reach[volumeAxis] = width / 2 - 0.5;
          }
          eachInside(sampleRegion(volume, frame, region), (value, regionIjk) => {
            const indexIjk = applyAffine(toVolume, regionIjk);
            const nearEdge = indexIjk.some((index, axis) => {
              const margin = reach[axis] ?? 0;
              return index < margin || index > (geometry.shapeIjk[axis] ?? 0) - 1 - margin;
            });
            if (nearEdge) return;
            const expected = field(applyAffine(geometry.ijkToLps, indexIjk));
            worst = Math.max(worst, Math.abs(value - expected));
          });
          expect(worst).toBeLessThanOrEqual(tolerance);
        },
      ),
      { numRuns: 30 },
    );
  });

  test('a constant stays that constant up to the edge of the volume, and nothing lies beyond', () => {
    fc.assert(
      fc.property(anyAffine, fc.constantFrom(3, 1.5, 0.75), (ijkToLps, spacingMm) => {
        const volume = syntheticVolume([9, 8, 7], ijkToLps, () => 50);
        const frame = canonicalFrameOf(volume.geometry);
        const samples = sampleRegion(volume, frame, snappedRegion(SMALL_MODEL, [5, 5, 5], spacingMm));
        let inside = 0;
        let worst = 0;
        eachInside(samples, value => {
          worst = Math.max(worst, Math.abs(value - 50));
          inside++;
        });
        expect(worst).toBeLessThan(1e-3);
        expect(samples.values.filter(value => value !== 0).length).toBe(inside);
        expect(inside).toBeGreaterThan(0);
      }),
    );
  });

  test('coarser voxels are means of what they cover', () => {
    const volume = syntheticVolume([8, 8, 8], identityMm(1), noise);
    const region: Region = { spacingMm: 4, cornerIjk: [0, 0, 0], shapeIjk: [2, 2, 2] };
    const { values } = sampleRegion(volume, canonicalFrameOf(volume.geometry), region);
    let sum = 0;
    for (let k = 0; k < 4; k++) {
      for (let j = 0; j < 4; j++) for (let i = 4; i < 8; i++) sum += noise([0, 0, 0], [i, j, k]);
    }
    expect(values[1]).toBeCloseTo(sum / 64, 3);
  });

  test('voxels of equal size and place are copied', () => {
    const volume = syntheticVolume([4, 4, 4], identityMm(1.5), noise);
    const region: Region = { spacingMm: 1.5, cornerIjk: [0, 0, 0], shapeIjk: [4, 4, 4] };
    const { values } = sampleRegion(volume, canonicalFrameOf(volume.geometry), region);
    expect([...values]).toEqual([...volume.values]);
  });

  test('stored values come out in modality units, and nothing lies beyond', () => {
    const volume = syntheticVolume([4, 4, 4], identityMm(1.5), noise);
    const region: Region = { spacingMm: 1.5, cornerIjk: [-1, 0, 0], shapeIjk: [5, 4, 4] };
    const rescale = { slope: -0.5, intercept: 100 };
    const { values } = sampleRegion({ ...volume, rescale }, canonicalFrameOf(volume.geometry), region);
    expect([...values.subarray(0, 5)]).toEqual([
      0,
      ...Array.from(volume.values.subarray(0, 4), v => 100 - v / 2),
    ]);
  });

  test('a flipped copy gives bit for bit the same region, a permuted one the same to rounding', () => {
    fc.assert(
      fc.property(anyAffine, anyFlip, anyReorientation, (ijkToLps, flip, reorientation) => {
        const volume = syntheticVolume([14, 12, 10], ijkToLps, noise);
        const region = snappedRegion(SMALL_MODEL, [12, 12, 12], 1.5);
        const sample = (copy: typeof volume) => sampleRegion(copy, canonicalFrameOf(copy.geometry), region);
        const original = sample(volume);
        const flipped = sample(reorientedVolume(volume, flip));
        expect(largestDifference(flipped.values, original.values)).toBe(0);
        expect(flipped.insideBox).toEqual(original.insideBox);
        const permuted = sample(reorientedVolume(volume, reorientation));
        expect(permuted.insideBox).toEqual(original.insideBox);
        expect(largestDifference(permuted.values, original.values)).toBeLessThan(0.01);
      }),
      { numRuns: 20 },
    );
  });

  test('between slices that are not evenly spaced is linear where it is fine, and a mean in mm where it is coarse', () => {
    const slicePlaces = [0, 0.4, 1.1, 3, 5.5, 6];
    const field = ([x, y, z]: Vector3): number => 2 * x - 3 * y + 0.5 * z;
    for (const flipped of [false, true]) {
      const axis = flipped ? -2 : 2;
      const ijkToLps = [1, 0, 0, 4, 0, 1, 0, 5, 0, 0, axis, 6, 0, 0, 0, 1] as const;
      const volume = syntheticVolume([12, 12, 6], ijkToLps, ([x, y], [, , k]) =>
        field([x, y, 6 + axis * slicePlaces[k]!]),
      );
      const geometry = { ...volume.geometry, slicePlaces };
      const frame = canonicalFrameOf(geometry);
      expect(extentMmOf(frame)[2]).toBeCloseTo(2 * (6 + 0.2 + 0.25), 9);
      const fine: Region = { spacingMm: 0.25, cornerIjk: [8, 8, 0], shapeIjk: [16, 16, 52] };
      let worst = 0;
      const samples = sampleRegion({ ...volume, geometry }, frame, fine);
      eachInside(samples, (value, [i, j, k]) => {
        const upMm = (k + 0.5) * 0.25 - (flipped ? 0.5 : 0.4);
        const z = (flipped ? 6 - 12 : 6) + Math.min(12, Math.max(0, upMm));
        const expected = field([3.5 + (i + 8.5) / 4, 4.5 + (j + 8.5) / 4, z]);
        worst = Math.max(worst, Math.abs(value - expected));
      });
      expect(samples.insideBox.maxIjk[2]).toBe(52);
      expect(worst).toBeLessThan(1e-3);
      // One voxel over all slices: each counts as far as it reaches.
      const coarse: Region = { spacingMm: 12.9, cornerIjk: [0, 0, 0], shapeIjk: [1, 1, 1] };
      const reach = [0.4, 0.55, 1.3, 2.2, 1.5, 0.5];
      const mean = reach.reduce((sum, length, k) => sum + length * axis * slicePlaces[k]!, 0) / 6.45;
      const [value] = sampleRegion({ ...volume, geometry }, frame, coarse).values;
      expect(value).toBeCloseTo(field([9.5, 10.5, 6 + mean]), 3);
    }
  });

  test('a region beside the volume is empty', () => {
    const volume = syntheticVolume([4, 4, 4], identityMm(1), noise);
    const region: Region = { spacingMm: 1, cornerIjk: [8, 0, 0], shapeIjk: [4, 4, 4] };
    const { values, insideBox } = sampleRegion(volume, canonicalFrameOf(volume.geometry), region);
    expect(values.every(value => value === 0)).toBe(true);
    expect(insideBox.minIjk[0]).toBe(insideBox.maxIjk[0]);
  });
});

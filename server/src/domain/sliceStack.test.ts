import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { obliqueAffines } from '../../../test/fixtures/obliqueAffines.ts';
import { sliceOf } from '../../../test/fixtures/slices.ts';
import { add, affineColumn, affineFromColumns, norm, subtract, type Affine, type Vector3 } from './affine.ts';
import type { DecodedSlice } from './decodedSlice.ts';
import { Problem } from './errors.ts';
import { maskVolumeMl } from './maskVolume.ts';
import type { ImageReference } from './seriesReference.ts';
import { SliceStack } from './sliceStack.ts';
import type { Volume } from './volume.ts';
import { indexIjkOf, pointLpsOf, sameGeometry } from './volumeGeometry.ts';

const AXIAL = affineFromColumns([0.7, 0, 0], [0, 0.8, 0], [0, 0, 2.5], [-100, -120, 40]);

function volumeOf(slices: readonly DecodedSlice[], image?: ImageReference): Volume {
  const stack = new SliceStack();
  for (const slice of slices) stack.add(slice);
  return stack.toVolume(image);
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

describe('a series of several stacks', () => {
  const odd: Record<string, Partial<DecodedSlice>> = {
    'a localiser': { imageType: ['ORIGINAL', 'PRIMARY', 'LOCALIZER'] },
    'another plane': { imageOrientationPatient: [[1, 0, 0], [0, 0, -1]] }, // prettier-ignore
    'another size': { rows: 4, columns: 5, pixels: new Int16Array(20) },
    'another pixel spacing': { pixelSpacingMm: [0.8, 0.71] },
    'another Frame of Reference': { frameOfReferenceUID: '1.2.9' },
  };

  test.each(Object.entries(odd))('leaves out %s', (_, changes) => {
    const other = sliceOf(AXIAL, 3, 2, 2, { ...changes, sopInstanceUID: '1.9' });
    const volume = volumeOf([other, ...axial(5)]);
    expect(volume.slices.map(slice => slice?.sopInstanceUID)).toEqual(
      [0, 1, 2, 3, 4].map(k => `1.2.3.3.${k}`),
    );
    expect([...volume.values]).toEqual([0, 1, 2, 3, 4].flatMap(k => Array<number>(6).fill(k)));
  });

  test.each(Object.entries(odd))(
    'of which both make volumes (%s) asks for an image, and takes its one',
    (_, changes) => {
      const others = [0, 1, 2].map(k =>
        sliceOf(AXIAL, 3, 2, k, {
          ...changes,
          imageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
          // prettier-ignore
          imageOrientationPatient: changes.imageOrientationPatient ?? [[0, 1, 0], [1, 0, 0]],
          imagePositionPatient: [2 * k, 2.5 * k, 2.5 * k],
          sopInstanceUID: `1.9.${k}`,
        }),
      );
      const slices = [...axial(5), ...others];
      expect(refusal(slices).facts).toMatchObject({
        volumeCount: 2,
        volumes: [
          { imageCount: 5, sopInstanceUID: '1.2.3.3.0' },
          { imageCount: 3, sopInstanceUID: '1.9.0' },
        ],
      });
      expect(volumeOf(slices, { sopInstanceUID: '1.2.3.3.2' }).geometry.shapeIjk).toEqual([3, 2, 5]);
      expect(volumeOf(slices, { sopInstanceUID: '1.9.2' }).slices).toHaveLength(3);
    },
  );

  test.each([
    ['an attribute', (phase: number) => ({ phaseValues: [`${phase}`], instanceNumber: 1 })],
    ['the second attribute', (phase: number) => ({ phaseValues: ['', `${phase}`], instanceNumber: 1 })],
    [
      'InstanceNumber',
      (phase: number, k: number) => ({ phaseValues: [''], instanceNumber: 100 * phase + k }),
    ],
    [
      'InstanceNumber, where an attribute is unique to each image',
      (phase: number, k: number) => ({ phaseValues: [`${phase}/${k}`], instanceNumber: 3 * k + phase }),
    ],
  ] as const)('of three phases told apart by %s gives the phase of the image', (_, tell) => {
    const slices = [0, 1, 2].flatMap(phase =>
      axial(4, k => ({
        ...tell(phase, k),
        sopInstanceUID: `1.${phase + 1}.${k}`,
        pixels: new Int16Array(6).fill(10 * phase + k),
      })),
    );
    const mixed = slices.filter((__, n) => n % 2 === 0).concat(slices.filter((__, n) => n % 2 === 1));
    expect(refusal(mixed).facts).toMatchObject({ imageCount: 12, volumeCount: 3 });
    for (const phase of [0, 1, 2]) {
      const volume = volumeOf(mixed, { sopInstanceUID: `1.${phase + 1}.2` });
      expect(volume.slices.map(slice => slice?.sopInstanceUID)).toEqual(
        [0, 1, 2, 3].map(k => `1.${phase + 1}.${k}`),
      );
      expect([...volume.values]).toEqual([0, 1, 2, 3].flatMap(k => Array<number>(6).fill(10 * phase + k)));
    }
  });

  test('refuses an image that it does not hold', () => {
    expect(() => volumeOf(axial(3), { sopInstanceUID: '1.9' })).toThrow('unsupported-geometry');
  });
});

describe('a stack is refused, with the slices named,', () => {
  test('when it is empty', () => {
    expect(refusal([]).code).toBe('unsupported-geometry');
  });

  test('when a slice is out of its place in the plane', () => {
    const inPlane = refusal(
      axial(8, k => (k === 4 ? { imagePositionPatient: [-99, -120, 40 + 4 * 2.5] } : {})),
    );
    expect(inPlane.facts).toMatchObject({ unevenSOPInstanceUIDs: ['1.2.3.3.4'] });
  });

  test('when more slices are missing than are there', () => {
    expect(refusal(axial(30).filter((_, k) => k < 3 || k > 27)).facts).toMatchObject({
      usualStepMm: 2.5,
      largestStepMm: 65,
    });
  });

  test('when two of them lie much closer together than the others', () => {
    const close = axial(8, k => movedAlongZ(k, k === 5 ? -2.3 : 0));
    expect(refusal(close).facts).toMatchObject({ usualStepMm: 2.5 });
  });

  test('when the images of two phases lie between each other', () => {
    const phaseOf = (shiftMm: number, phase: string): DecodedSlice[] =>
      axial(6, k => ({
        ...{ phaseValues: ['', phase], sopInstanceUID: `1.${phase}.${k}` },
        ...movedAlongZ(k, shiftMm),
      }));
    const drifted = [...phaseOf(0, '1'), ...phaseOf(0.7, '2')];
    expect(refusal(drifted).detail).toContain('phases');
    const stretches = drifted.map((slice, n) => ({ ...slice, phaseValues: ['', n % 6 < 3 ? '1' : '2'] }));
    expect(volumeOf(stretches).slices).toHaveLength(12);
  });

  test('when nothing tells the images at one position apart', () => {
    const copies = [...axial(3), ...axial(3, k => ({ sopInstanceUID: `1.9.${k}` }))];
    expect(refusal(copies).facts).toMatchObject({ imageCount: 6 });
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

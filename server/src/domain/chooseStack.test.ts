import { describe, expect, test } from '@jest/globals';
import { sliceOf } from '../../../test/fixtures/slices.ts';
import type { Vector3 } from './affine.ts';
import type { DecodedSlice } from './decodedSlice.ts';
import { AXIAL, axial, movedAlongZ, refusal, volumeOf } from '../../../test/fixtures/axialStack.ts';

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

  test.each([
    ['a phase each', (phase: number, k: number) => ({ instanceNumber: 12 - phase, frameNumber: k + 1 })],
    ['all phases', (phase: number, k: number) => ({ instanceNumber: 1, frameNumber: 3 * k - phase + 3 })],
    ['a frame each', (phase: number, k: number) => ({ instanceNumber: 9 - phase + 3 * k, frameNumber: 1 })],
  ] as const)('of multi-frame images of %s gives the phase of the image', (_, numbers) => {
    const uidOf = (phase: number, k: number): string => {
      const { instanceNumber, frameNumber } = numbers(phase, k);
      return `1.9.${instanceNumber}.${frameNumber}`;
    };
    const slices = [0, 1, 2].flatMap(phase =>
      axial(4, k => ({ ...numbers(phase, k), phaseValues: [''], sopInstanceUID: uidOf(phase, k) })),
    );
    for (const phase of [0, 1, 2]) {
      const { frameNumber } = numbers(phase, 2);
      const volume = volumeOf(slices, { sopInstanceUID: uidOf(phase, 2), frameNumber });
      expect(volume.slices.map(slice => slice?.sopInstanceUID)).toEqual(
        [0, 1, 2, 3].map(k => uidOf(phase, k)),
      );
    }
  });

  test('names its phases in the order of what tells them apart, by size and not by letters', () => {
    const slices = ['10', '2', '9.5'].flatMap(value =>
      axial(4, k => ({ phaseValues: [value], sopInstanceUID: `${value}.${k}` })),
    );
    expect(refusal(slices).facts).toMatchObject({
      volumes: ['2.0', '9.5.0', '10.0'].map(sopInstanceUID => ({ imageCount: 4, sopInstanceUID })),
    });
  });

  test('is the same in whatever order its images come, also where directions differ by what is just noise', () => {
    const turned = axial(9, k => ({
      // prettier-ignore
      imageOrientationPatient: [[1, 0, 0], [0, 1, 0.8e-4 * ((k + 1) % 3)]],
    }));
    const wholes = turned.map((_, n) => volumeOf([...turned.slice(n), ...turned.slice(0, n)]).slices);
    expect(wholes.map(slices => slices.length)).toEqual(Array<number>(9).fill(9));
    const drifting = turned.slice(1).concat(turned.slice(0, 1));
    const counts = drifting.map((_, n) => {
      const numbered = drifting.map((slice, at) => ({ ...slice, instanceNumber: at }));
      return refusal([...numbered.slice(n), ...numbered.slice(0, n)]).facts['volumeCount'];
    });
    expect(counts).toEqual(Array<number>(9).fill(2));
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

  test('when most of its images lie on no grid with others', () => {
    const turnedBy = (angle: number): Partial<DecodedSlice> => ({
      // prettier-ignore
      imageOrientationPatient: [[1, 0, 0], [0, Math.cos(angle), Math.sin(angle)]],
    });
    const drifting = axial(8, k => turnedBy(3e-4 * Math.min(k, 6)));
    expect(refusal(drifting).facts).toMatchObject({ imageCount: 8, volumeCount: 7 });
    const few = axial(8, k => turnedBy(3e-4 * Math.min(k, 3)));
    expect(volumeOf(few).slices).toHaveLength(5);
    const scouts = drifting.slice(0, 6).map(slice => ({ ...slice, imageType: ['ORIGINAL', 'LOCALIZER'] }));
    expect(volumeOf([...scouts, ...drifting.slice(6)]).slices).toHaveLength(2);
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

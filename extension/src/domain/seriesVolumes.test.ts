import { describe, expect, test } from '@jest/globals';
import { axial } from '../../../test/fixtures/axialStack.ts';
import type { DecodedSlice } from '../../../server/src/domain/decodedSlice.ts';
import { chooseStack } from '../../../server/src/domain/chooseStack.ts';
import { seriesVolumesOf } from './seriesVolumes.ts';

const CORONAL: Partial<DecodedSlice> = {
  // prettier-ignore
  imageOrientationPatient: [[1, 0, 0], [0, 0, -1]],
};
const SAGITTAL: Partial<DecodedSlice> = {
  // prettier-ignore
  imageOrientationPatient: [[0, 1, 0], [0, 0, -1]],
};
const LOCALISER: Partial<DecodedSlice> = { ...CORONAL, imageType: ['ORIGINAL', 'PRIMARY', 'LOCALIZER'] };

function placed(name: string, count: number, changes: Partial<DecodedSlice> = {}): DecodedSlice[] {
  return axial(count, k => ({
    ...changes,
    ...(changes.imageOrientationPatient && { imagePositionPatient: [0, 2.5 * k, 0] as const }),
    sopInstanceUID: `${name}.${k}`,
  }));
}

function phase(name: string, value: string): DecodedSlice[] {
  return placed(name, 4, { phaseValues: [value] });
}

/** By label: the names of its images, each as `placed` made it. */
function volumesOf(slices: readonly DecodedSlice[]): Record<string, string[]> {
  const volumes = seriesVolumesOf(slices);
  expect(new Set(volumes.map(({ label }) => label)).size).toBe(volumes.length);
  // The server means the same by any of the images.
  for (const { members } of volumes) {
    for (const member of members) {
      const { sopInstanceUID } = slices[member]!;
      expect([...chooseStack(slices, { sopInstanceUID })].sort()).toEqual([...members].sort());
    }
  }
  const namesOf = (members: readonly number[]): string[] =>
    members.map(member => slices[member]!.sopInstanceUID.split('.')[0]!);
  return Object.fromEntries(volumes.map(({ members, label }) => [label, [...new Set(namesOf(members))]]));
}

describe('the volumes of a series', () => {
  test('are one without a label where the slices are one stack', () => {
    expect(volumesOf(placed('ct', 5))).toEqual({ '': ['ct'] });
  });

  test('are its stacks, named by their planes, localisers last', () => {
    const slices = [...placed('scout', 2, LOCALISER), ...placed('cor', 3, CORONAL), ...placed('ax', 5)];
    expect(volumesOf(slices)).toEqual({
      coronal: ['cor'],
      axial: ['ax'],
      'localiser, coronal': ['scout'],
    });
    expect(seriesVolumesOf(slices).map(({ label }) => label)).toEqual([
      'coronal',
      'axial',
      'localiser, coronal',
    ]);
  });

  test('are its phases in the order of what tells them apart, by size and not by letters', () => {
    const slices = [...phase('late', '10'), ...phase('early', '2'), ...phase('mid', '9.5')];
    expect(Object.entries(volumesOf(slices))).toEqual([
      ['phase 1 of 3', ['early']],
      ['phase 2 of 3', ['mid']],
      ['phase 3 of 3', ['late']],
    ]);
  });

  test('are the phases of each stack', () => {
    const slices = [...phase('a', '1'), ...phase('b', '2'), ...placed('cor', 3, CORONAL)];
    expect(Object.keys(volumesOf(slices))).toEqual(['axial, phase 1 of 2', 'axial, phase 2 of 2', 'coronal']);
  });

  test('get numbers where they are called alike', () => {
    const small = { pixelSpacingMm: [0.4, 0.4] } as const;
    expect(volumesOf([...placed('large', 5), ...placed('small', 5, small)])).toEqual({
      'axial, 1 of 2': ['large'],
      'axial, 2 of 2': ['small'],
    });
  });

  test('of planes between the axes are called oblique', () => {
    const tilted = Math.SQRT1_2;
    const oblique: Partial<DecodedSlice> = {
      // prettier-ignore
      imageOrientationPatient: [[1, 0, 0], [0, tilted, -tilted]],
    };
    expect(Object.keys(volumesOf([...placed('ob', 3, oblique), ...placed('ax', 3)]))).toEqual([
      'oblique',
      'axial',
    ]);
  });

  test('are one where most images would be alone', () => {
    const scouts = [...placed('ax', 1), ...placed('cor', 1, CORONAL), ...placed('sag', 1, SAGITTAL)];
    expect(seriesVolumesOf(scouts)).toEqual([{ members: [0, 1, 2], label: '' }]);
    const besideStack = [...placed('ct', 5), ...scouts.slice(1)];
    expect(seriesVolumesOf(besideStack).map(({ members }) => members.length)).toEqual([5, 1, 1]);
  });

  test('keep images together that nothing tells apart', () => {
    const twice = [...placed('one', 3), ...placed('two', 3)];
    expect(seriesVolumesOf(twice).map(({ members }) => members.length)).toEqual([6]);
  });
});

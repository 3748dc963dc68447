import { expect, test } from '@jest/globals';
import { withVolumesInOrder, type Listed } from './volumeOrder.ts';

interface Named extends Listed {
  readonly name: string;
}

test('the volumes of a series come by their numbers, all else as the viewer lists it', () => {
  const byName = (a: Listed, b: Listed): number => ((a as Named).name < (b as Named).name ? -1 : 1);
  const listed: readonly Named[] = [
    { name: 'a localiser', SeriesInstanceUID: '1.2', volumeNumber: 2 },
    { name: 'b', SeriesInstanceUID: '1.3' },
    { name: 'a stack', SeriesInstanceUID: '1.2', volumeNumber: 1 },
    { name: 'a', SeriesInstanceUID: '1.1' },
  ];
  const sorted = listed.toSorted(withVolumesInOrder(byName));
  expect(sorted.map(({ name }) => name)).toEqual(['a', 'a stack', 'a localiser', 'b']);
});

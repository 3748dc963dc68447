import { describe, expect, test } from '@jest/globals';
import { placedImagesOf } from '../../extension/src/adapters/ohif/placedImages.ts';
import { seriesVolumesOf } from '../../extension/src/domain/seriesVolumes.ts';
import { firstSliceOf } from '../fixtures/firstSlice.ts';
import { frameImageIdOf, viewerInstances } from '../fixtures/viewerInstances.ts';
import { archivedFiles } from './archivedFiles.ts';
import { testDataFolder } from './testData.ts';

const SERIES = [
  { name: 'LUNG1-001', folder: 'image', volumes: [['', 134]] },
  { name: 'ProstateX-0000-t2', folder: '', volumes: [['', 19]] },
  {
    ...{ name: 'UCSF-BR-06-dce-seg', folder: 'image_dce' },
    volumes: [
      ['phase 1 of 3', 60],
      ['phase 2 of 3', 60],
      ['phase 3 of 3', 60],
    ],
  },
] as const;

const describeWithData = testDataFolder() ? describe : describe.skip;

describeWithData('a real series in the viewer', () => {
  test.each(SERIES)(
    '($name) is the volumes that it is at the server',
    async ({ name, folder, volumes }) => {
      const files = archivedFiles(name, folder);
      const images = placedImagesOf(await viewerInstances(files), frameImageIdOf) ?? [];
      const slices = images.map(({ slice }) => slice);
      expect(seriesVolumesOf(slices).map(({ label, members }) => [label, members.length])).toEqual(volumes);
      const placed = new Map(images.map(({ instance, slice }) => [instance.SOPInstanceUID, slice]));
      for (const file of files) {
        const decoded = await firstSliceOf(file);
        const { phaseValues, ...slice } = placed.get(decoded.sopInstanceUID)!;
        expect(decoded).toMatchObject(slice);
        // Numbers that are spelt otherwise ("1.0") are the same values.
        const differing = phaseValues.filter((value, at) => {
          const other = decoded.phaseValues[at]!;
          return value !== other && Number(value) !== Number(other);
        });
        expect(differing).toEqual([]);
      }
    },
    240_000,
  );
});

import { describe, expect, test } from '@jest/globals';
import { firstSliceOf } from '../fixtures/firstSlice.ts';
import { Problem } from '../../server/src/domain/errors.ts';
import type { ImageReference } from '../../server/src/domain/seriesReference.ts';
import { SliceStack } from '../../server/src/domain/sliceStack.ts';
import type { Volume } from '../../server/src/domain/volume.ts';
import { spacingMmOf } from '../../server/src/domain/volumeGeometry.ts';
import { archivedFiles } from './archivedFiles.ts';
import { testDataFolder } from './testData.ts';

const SERIES = [
  {
    name: 'LUNG1-001',
    folder: 'image',
    modality: 'CT',
    shapeIjk: [512, 512, 134],
    spacingMm: [0.9765625, 0.9765625, 3],
  },
  {
    name: 'ProstateX-0000-t2',
    folder: '',
    modality: 'MR',
    shapeIjk: [384, 384, 19],
    spacingMm: [0.5, 0.5, 3],
  },
] as const;

const data = testDataFolder();
if (!data) console.log('SKIPPED: real series: TOMOCLICK_TEST_DATA is not found');
const describeWithData = data ? describe : describe.skip;

/** The volume of an archived series; `inFolder` is part of the path of its images. */
async function volumeOf(name: string, inFolder: string, image?: ImageReference): Promise<Volume> {
  const stack = new SliceStack();
  for (const file of archivedFiles(name, inFolder)) stack.add(await firstSliceOf(file));
  return stack.toVolume(image);
}

describeWithData('a real series', () => {
  for (const { name, folder, modality, shapeIjk, spacingMm } of SERIES) {
    test(`(${name}) becomes a volume`, async () => {
      const volume = await volumeOf(name, folder);
      expect(volume.modality).toBe(modality);
      expect(volume.geometry.shapeIjk).toEqual(shapeIjk);
      spacingMmOf(volume.geometry).forEach((mm, axis) => expect(mm).toBeCloseTo(spacingMm[axis] ?? NaN, 3));
      // Two bytes a voxel: slices of one rescale stay as stored.
      expect(volume.values.BYTES_PER_ELEMENT).toBe(2);
    }, 120_000);
  }

  test('of three time points is three volumes, each named by an image of it', async () => {
    const refusal: unknown = await volumeOf('UCSF-BR-06-dce-seg', 'image_dce').catch(
      (error: unknown) => error,
    );
    if (!(refusal instanceof Problem)) throw new Error('the series was not refused with a problem');
    expect(refusal.code).toBe('unsupported-geometry');
    const volumes = refusal.facts['volumes'] as readonly (ImageReference & { readonly imageCount: number })[];
    expect(volumes.map(({ imageCount }) => imageCount)).toEqual([60, 60, 60]);
    const seen = new Set<string>();
    for (const { sopInstanceUID } of volumes) {
      const volume = await volumeOf('UCSF-BR-06-dce-seg', 'image_dce', { sopInstanceUID });
      expect(volume.geometry.shapeIjk[2]).toBe(60);
      expect(volume.slices.map(slice => slice?.sopInstanceUID)).toContain(sopInstanceUID);
      for (const slice of volume.slices) seen.add(slice?.sopInstanceUID ?? '');
    }
    expect(seen.size).toBe(180);
  }, 240_000);
});

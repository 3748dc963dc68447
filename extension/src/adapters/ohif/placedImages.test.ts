import { describe, expect, test } from '@jest/globals';
import { DicomSliceDecoder } from '../../../../server/src/adapters/dicom/dicomSliceDecoder.ts';
import type { DecodedSlice } from '../../../../server/src/domain/decodedSlice.ts';
import {
  cineFile,
  enhancedSeries,
  mixedSeries,
  phaseSeries,
  seriesWithLocalisers,
} from '../../../../test/phantom/landmarkSeries.ts';
import { frameImageIdOf, viewerInstances } from '../../../../test/fixtures/viewerInstances.ts';
import type { ImageInstance } from '../../ports/imageInstance.ts';
import { placedImagesOf } from './placedImages.ts';

async function decodedSlices(files: readonly Uint8Array[]): Promise<DecodedSlice[]> {
  const slices: DecodedSlice[] = [];
  for (const file of files) {
    for await (const slice of new DicomSliceDecoder().slicesOf(file)) slices.push(slice);
  }
  return slices;
}

describe('an image of the viewer', () => {
  test.each([
    ['time points', phaseSeries(0)],
    ['two orientations', mixedSeries(0)],
    ['localisers', seriesWithLocalisers()],
    ['an Enhanced object of three phases', enhancedSeries(3, 0)],
  ])('is placed as the server places it: %s', async (_, { files }) => {
    const images = placedImagesOf(await viewerInstances(files), frameImageIdOf);
    const slices = await decodedSlices(files);
    expect(images).toHaveLength(slices.length);
    const keyOf = (uid: string, frame = 1): string => `${uid}#${frame}`;
    const placed = new Map(
      images?.map(({ instance, slice }) => {
        const frame = /frames\/(\d+)/.exec(instance.imageId ?? '')?.[1];
        return [keyOf(instance.SOPInstanceUID, Number(frame ?? 1)), slice];
      }),
    );
    for (const decoded of slices) {
      const slice = placed.get(keyOf(decoded.sopInstanceUID, decoded.frameNumber));
      expect(slice).toBeDefined();
      expect(decoded).toMatchObject(slice!);
    }
  });

  test('that is a frame reads as an instance of its own', async () => {
    const [instance] = await viewerInstances(enhancedSeries(3, 0).files);
    const images = placedImagesOf([instance!], frameImageIdOf)!;
    expect(images[4]?.instance).toMatchObject({
      NumberOfFrames: 1,
      SOPInstanceUID: instance?.SOPInstanceUID,
      imageId: frameImageIdOf(instance!, 5),
      InstanceNumber: 5,
    });
    expect(instance?.NumberOfFrames).toBe(72);
  });

  test('comes in the order of numbers, however the series came', async () => {
    const instances = await viewerInstances(mixedSeries(0).files);
    const order = (list: readonly ImageInstance[]): string[] | undefined =>
      placedImagesOf(list, frameImageIdOf)?.map(({ instance }) => instance.SOPInstanceUID);
    expect(order(instances)).toEqual(order(instances.toReversed()));
  });

  test('without a place in the patient makes none of the series', async () => {
    const cine = (await viewerInstances([cineFile('US')]))[0]!;
    const stack = await viewerInstances(phaseSeries(0).files);
    expect(placedImagesOf([...stack, cine], frameImageIdOf)).toBeUndefined();
    const { ImagePositionPatient: _, ...placeless } = stack[0]!;
    expect(placedImagesOf([...stack, placeless], frameImageIdOf)).toBeUndefined();
  });
});

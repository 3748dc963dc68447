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
import { enhancedAttributes } from '../../../../test/fixtures/enhancedImage.ts';
import { part10Of } from '../../../../test/fixtures/part10.ts';
import { seriesVolumesOf } from '../../domain/seriesVolumes.ts';
import type { ImageInstance } from '../../ports/imageInstance.ts';
import { placedImagesOf } from './placedImages.ts';

async function decodedSlices(files: readonly Uint8Array[]): Promise<DecodedSlice[]> {
  const slices: DecodedSlice[] = [];
  for (const file of files) {
    for await (const slice of new DicomSliceDecoder().slicesOf(file)) slices.push(slice);
  }
  return slices;
}

/** Nothing but its InstanceNumber tells it from the other. */
function enhancedPhase(instanceNumber: number): Uint8Array {
  const own = { SOPInstanceUID: `1.2.3.${instanceNumber}`, InstanceNumber: instanceNumber };
  return part10Of({ ...enhancedAttributes(2), ...own, PixelData: Buffer.alloc(24) });
}

describe('an image of the viewer', () => {
  test.each([
    ['time points', phaseSeries(0)],
    ['two orientations', mixedSeries(0)],
    ['localisers', seriesWithLocalisers()],
    ['an Enhanced object of three phases', enhancedSeries(3, 0)],
    ['an Enhanced object for each of two phases', { files: [1, 2].map(enhancedPhase) }],
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

  test('of several images of many frames at the same positions is in the volume of its image', async () => {
    const images = placedImagesOf(await viewerInstances([2, 1].map(enhancedPhase)), frameImageIdOf)!;
    const volumes = seriesVolumesOf(images.map(({ slice }) => slice));
    expect(volumes.map(({ members }) => members)).toEqual([
      [0, 1],
      [2, 3],
    ]);
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

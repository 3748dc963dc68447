import { demoSopInstanceUID } from '../../server/src/adapters/demoStudy/demoStudy.ts';
import { segmentationListSchema, type SegmentationContract } from '../../server/src/contract/segmentation.ts';
import type { Vector3 } from '../../server/src/domain/affine.ts';
import { cropMask, type Mask } from '../../server/src/domain/mask.ts';
import { readSegmentation, type ReadSegmentation } from '../fixtures/readSegmentation.ts';
import { voxelsOf } from '../fixtures/segmentationVoxels.ts';
import { DEMO_GEOMETRY } from '../phantom/demoGeometry.ts';
import { DEMO_STRUCTURES } from '../phantom/demoStructures.ts';
import { imageKey } from '../phantom/landmarkSeries.ts';
import type { ApiClient } from '../server/apiClient.ts';

/** The patient of the demo study, as the study list names it. */
export const DEMO_PATIENT = 'Demo, Torso';
/** What the browser tests click. */
export const LESION = DEMO_STRUCTURES.find(({ name }) => name === 'kidney cyst 26 mm')!;
/** It then fills a fair part of each plane. */
export const LESION_ZOOM = 4;

/** The segmentation that was begun last. */
export async function newestSegmentation(client: ApiClient): Promise<SegmentationContract> {
  const reply = await client.send('GET', '/api/v1/segmentations');
  const [newest] = segmentationListSchema.parse(reply.json).segmentations;
  if (!newest) throw new Error('the server has no segmentation');
  return newest;
}

/** The mask of the only segment, as the API hands it out. */
export async function maskAtServer(client: ApiClient): Promise<Mask> {
  const { id } = await newestSegmentation(client);
  return maskOfSegmentation(client, id, DEMO_GEOMETRY.shapeIjk, demoSopInstanceUID);
}

/**
 * The mask of the only segment of a segmentation.
 * @param frameNumberOf 1-based; absent: the images are single-frame instances
 * @throws Error when it lies on another image than slice k is for any k
 */
export async function maskOfSegmentation(
  client: ApiClient,
  id: string,
  shapeIjk: Vector3,
  sopInstanceUIDOf: (k: number) => string,
  frameNumberOf: (k: number) => number = () => 1,
): Promise<Mask> {
  const [columns, rows, slices] = shapeIjk;
  const voxels = new Uint8Array(columns * rows * slices);
  const keys = Array.from({ length: slices }, (_, k) => imageKey(sopInstanceUIDOf(k), frameNumberOf(k)));
  const kOf = new Map(keys.map((key, k) => [key, k]));
  for (const { pixels, referencedSOPInstanceUID, referencedFrameNumber } of (await readAtServer(client, id))
    .frames) {
    const key = imageKey(referencedSOPInstanceUID, referencedFrameNumber);
    const k = kOf.get(key);
    if (k === undefined) throw new Error(`the mask lies on ${key}`);
    voxels.set(pixels, columns * rows * k);
  }
  return cropMask({ shapeIjk, box: { minIjk: [0, 0, 0], maxIjk: shapeIjk }, voxels });
}

/** The voxels of the first segment of a segmentation: "SOPInstanceUID#frame/offset". */
export async function storedVoxels(client: ApiClient, id: string): Promise<ReadonlySet<string>> {
  return voxelsOf(await readAtServer(client, id));
}

async function readAtServer(client: ApiClient, id: string): Promise<ReadSegmentation> {
  const path = `/api/v1/segmentations/${id}/dicom?segmentationType=BINARY&compression=none`;
  return readSegmentation((await client.send('GET', path)).bytes);
}

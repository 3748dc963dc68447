import { demoSopInstanceUID } from '../../server/src/adapters/demoStudy/demoStudy.ts';
import { segmentationListSchema, type SegmentationContract } from '../../server/src/contract/segmentation.ts';
import type { Vector3 } from '../../server/src/domain/affine.ts';
import { cropMask, type Mask } from '../../server/src/domain/mask.ts';
import { readSegmentation } from '../fixtures/readSegmentation.ts';
import { DEMO_GEOMETRY } from '../phantom/demoGeometry.ts';
import { DEMO_STRUCTURES } from '../phantom/demoStructures.ts';
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
 * The mask of the only segment of a segmentation of single-frame images.
 * @throws Error when it lies on another image than those of `sopInstanceUIDOf`
 */
export async function maskOfSegmentation(
  client: ApiClient,
  id: string,
  shapeIjk: Vector3,
  sopInstanceUIDOf: (k: number) => string,
): Promise<Mask> {
  const path = `/api/v1/segmentations/${id}/dicom?segmentationType=BINARY&compression=none`;
  const { bytes } = await client.send('GET', path);
  const [columns, rows, slices] = shapeIjk;
  const voxels = new Uint8Array(columns * rows * slices);
  const kOf = new Map(Array.from({ length: slices }, (_, k) => [sopInstanceUIDOf(k), k]));
  for (const { pixels, referencedSOPInstanceUID } of readSegmentation(bytes).frames) {
    const k = kOf.get(referencedSOPInstanceUID);
    if (k === undefined) throw new Error(`the mask lies on ${referencedSOPInstanceUID}`);
    voxels.set(pixels, columns * rows * k);
  }
  return cropMask({ shapeIjk, box: { minIjk: [0, 0, 0], maxIjk: shapeIjk }, voxels });
}

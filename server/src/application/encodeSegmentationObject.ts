import { createHash } from 'node:crypto';
import { Problem } from '../domain/errors.ts';
import { emptyMask } from '../domain/mask.ts';
import type { ModelManifest } from '../domain/modelManifest.ts';
import { decodeRunLengths } from '../domain/runLength.ts';
import { currentMask } from '../domain/segmentState.ts';
import type { Segmentation } from '../domain/segmentation.ts';
import { newUid, uidOfUuid } from '../domain/uid.ts';
import type { Volume } from '../domain/volume.ts';
import type {
  SegmentToEncode,
  SegmentationEncoder,
  SegmentationToEncode,
} from '../ports/segmentationEncoder.ts';
import type { SegmentEdit } from './editSegment.ts';

export interface SegmentationObject {
  readonly seriesInstanceUID: string;
  readonly sopInstanceUID: string;
  readonly part10: Uint8Array;
}

/**
 * The whole segmentation as one SEG: its segments that are not empty, numbered 1…N in their order.
 *
 * Each version of a segmentation is an instance in a series of its own: SEG instances of one series would have to
 * agree in more than the two versions do, and viewers list series. The UIDs follow from the id and the version, so
 * that a save that is repeated after a crash writes the same instance again and not a twin.
 * @throws Problem empty-segmentation
 */
export function encodeSegmentation(
  segmentation: Segmentation,
  volume: Volume,
  model: ModelManifest,
  encoder: SegmentationEncoder,
): SegmentationObject {
  const seriesInstanceUID = uidOfVersion(segmentation, 'series');
  const sopInstanceUID = uidOfVersion(segmentation, 'instance');
  const segments = segmentation.segments.flatMap(segment => {
    const snapshot = currentMask(segment);
    if (!snapshot || snapshot.voxelCount === 0) return [];
    const { label, colour, trackingUID } = segment;
    return [{ label, colour, trackingUID, mask: decodeRunLengths(snapshot.runLength) }];
  });
  if (segments.length === 0) {
    throw new Problem('empty-segmentation', 'Click a structure first: every segment is empty.');
  }
  const uids = { seriesInstanceUID, sopInstanceUID };
  return { ...uids, part10: encoder.encode({ ...describe(volume, model), ...uids, segments }) };
}

/** Masks that belong to no stored segmentation, as one SEG. @throws Problem empty-segmentation */
export function encodePrediction(
  segments: readonly SegmentToEncode[],
  volume: Volume,
  model: ModelManifest,
  encoder: SegmentationEncoder,
): Uint8Array {
  const uids = { seriesInstanceUID: newUid(), sopInstanceUID: newUid() };
  return encoder.encode({ ...describe(volume, model), ...uids, segments });
}

/** One segment, number 1, with a frame for every slice that the edit changed, empty ones included. */
export function encodeSegmentEdit(
  edit: SegmentEdit,
  volume: Volume,
  model: ModelManifest,
  encoder: SegmentationEncoder,
): Uint8Array {
  const { label, colour, trackingUID } = edit.segment;
  const mask = edit.mask ?? emptyMask(volume.geometry.shapeIjk);
  return encoder.encode({
    ...describe(volume, model),
    ...{ seriesInstanceUID: newUid(), sopInstanceUID: newUid() },
    segments: [{ label, colour, trackingUID, mask }],
    slices: edit.changedSlices,
  });
}

function describe(
  source: Volume,
  model: ModelManifest,
): Omit<SegmentationToEncode, 'segments' | 'seriesInstanceUID' | 'sopInstanceUID'> {
  return {
    source,
    algorithmName: `Tomoclick ${model.id}`,
    algorithmVersion: model.version,
    seriesDescription: 'Tomoclick segmentation',
    contentDate: new Date(),
  };
}

/** A UUID-derived UID (PS3.5 B.2) that only this version of this segmentation has. */
function uidOfVersion(segmentation: Segmentation, level: 'series' | 'instance'): string {
  const name = `${segmentation.id}/${segmentation.version}/${level}`;
  const bytes = createHash('sha256').update(name).digest().subarray(0, 16);
  // Version 8 (RFC 9562): made by the application from what it knows.
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return uidOfUuid(bytes.toString('hex'));
}

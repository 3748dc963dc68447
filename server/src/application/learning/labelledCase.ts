import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LabelOrigin } from '../../domain/adaptation.ts';
import { hasVoxels, type Mask } from '../../domain/mask.ts';
import { placeSegmentation } from '../../domain/placeSegmentation.ts';
import { codesOfLabel, type SegmentCodes } from '../../domain/segmentDescription.ts';
import type { SeriesReference } from '../../domain/seriesReference.ts';
import type { Volume } from '../../domain/volume.ts';
import { filledSegments } from '../filledSegments.ts';
import { retrieveObject } from '../openSegmentation.ts';
import { loadVolumeOfObject } from '../volumeOfObject.ts';
import type { Learning } from './learning.ts';

/** Names the labels to learn from. */
export type CaseRequest =
  /** `version` of the segmentation; absent: as it is. */
  | { readonly kind: 'workspace'; readonly segmentationId: string; readonly version?: number }
  | {
      readonly kind: 'object';
      readonly series: SeriesReference;
      readonly object: { readonly seriesInstanceUID: string; readonly sopInstanceUID: string };
    };

export interface LabelledSegment {
  readonly label: string;
  readonly codes: SegmentCodes;
  readonly mask: Mask;
}

export interface LabelledCase {
  readonly volume: Volume;
  /** With the image that names the volume, where the series holds several. */
  readonly series: SeriesReference;
  readonly origin: LabelOrigin;
  /** Those that are not empty. */
  readonly segments: readonly LabelledSegment[];
}

/**
 * The images of a case, and the segments on their grid.
 * @throws Problem segmentation-not-found, series-changed, not-found, unsupported-segmentation,
 *   frame-of-reference-mismatch, and those of the archive
 */
export async function loadLabelledCase(
  request: CaseRequest,
  { workspace }: Pick<Learning, 'workspace'>,
  signal: AbortSignal,
): Promise<LabelledCase> {
  if (request.kind === 'workspace') {
    const segmentation = await workspace.store.load(request.segmentationId, request.version);
    const { volume } = await workspace.loadVolume(segmentation.series, signal);
    const segments = Array.from(
      filledSegments(segmentation, volume),
      ({ segment: { label, description }, mask }) => ({
        ...{ label, codes: description?.codes ?? codesOfLabel(label), mask },
      }),
    );
    const { id: segmentationId, version } = segmentation;
    const origin = { kind: 'workspace', segmentationId, version } as const;
    return { volume, series: segmentation.series, segments, origin };
  }
  const { object } = request;
  const decoded = await retrieveObject(request.series.studyInstanceUID, object, workspace, signal);
  const { volume, series } = await loadVolumeOfObject(decoded, request.series, workspace, signal);
  const { masks } = await placeSegmentation(decoded, volume, nextTurn);
  const segments = decoded.segments.flatMap(({ segmentNumber, label, description }) => {
    const mask = masks.get(segmentNumber);
    return mask && hasVoxels(mask) ? [{ label, codes: description.codes, mask }] : [];
  });
  return { volume, series, segments, origin: { kind: 'object', ...object } };
}

import { currentMask } from '../../domain/segmentState.ts';
import type { MaskSummary, Segmentation } from '../../domain/segmentation.ts';
import type { SeriesReference } from '../../domain/seriesReference.ts';
import type { WorkspaceStore } from '../../ports/workspaceStore.ts';
import { sameLabel } from '../learning/foundCase.ts';

/** Of one series; the newest tell. */
const MOST_SEGMENTATIONS = 100;

/**
 * Whether every label is filled in segmentations of the series that are in the archive: saved from here, or opened
 * from there. What was only begun is not accepted, and what lacks a label is still worth annotating.
 */
export async function isAnnotated(
  series: SeriesReference,
  labels: readonly string[],
  store: Pick<WorkspaceStore, 'list'>,
): Promise<boolean> {
  const known = await store.list({ ...series, limit: MOST_SEGMENTATIONS, offset: 0 });
  const filled = known.filter(isInArchive).flatMap(filledLabels);
  return labels.every(label => filled.some(each => sameLabel(each, label)));
}

function isInArchive({ stored, openedFrom }: Segmentation<MaskSummary>): boolean {
  return stored.length > 0 || openedFrom !== undefined;
}

function filledLabels({ segments }: Segmentation<MaskSummary>): readonly string[] {
  return segments.flatMap(segment => ((currentMask(segment)?.voxelCount ?? 0) > 0 ? [segment.label] : []));
}

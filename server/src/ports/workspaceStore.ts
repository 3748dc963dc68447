import type { MaskSummary, Operation, Segmentation } from '../domain/segmentation.ts';
import type { ImageReference } from '../domain/seriesReference.ts';

export interface SegmentationFilter {
  readonly studyInstanceUID?: string;
  readonly seriesInstanceUID?: string;
  /** The very image that names the volume. */
  readonly image?: ImageReference;
  /** At most so many, after leaving out the first `offset`. */
  readonly limit: number;
  readonly offset: number;
}

/** Keeps segmentations as logs of operations. What it has acknowledged survives the death of the process. */
export interface WorkspaceStore {
  /** @param operations that it begins with: all of them are kept, or no segmentation is */
  create(
    segmentation: Pick<Segmentation, 'id' | 'series' | 'modelId' | 'createdAt'>,
    operations?: readonly Operation[],
  ): Promise<void>;
  /**
   * The one that was edited last first; beginning counts, storing does not. Without the voxels of their masks: a page
   * of long histories holds gigabytes of them.
   */
  list(filter: SegmentationFilter): Promise<readonly Segmentation<MaskSummary>[]>;
  /**
   * The fold of the log, masks included.
   * @param version the fold as it was then; absent: as it is
   * @throws Problem segmentation-not-found
   */
  load(id: string, version?: number): Promise<Segmentation>;
  /**
   * Appends all operations or none; the first becomes `expectedVersion` + 1.
   * @throws Problem edit-conflict when the log has moved on, segmentation-not-found
   */
  append(id: string, expectedVersion: number, operations: readonly Operation[]): Promise<void>;
  /** @throws Problem segmentation-not-found */
  remove(id: string): Promise<void>;
}

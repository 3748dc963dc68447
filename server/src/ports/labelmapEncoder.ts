import type { VolumeGeometry } from '../domain/volumeGeometry.ts';
import type { ExportedSegment } from './exportedSegment.ts';

export interface LabelmapToEncode {
  readonly geometry: VolumeGeometry;
  /** A voxel in several of them gets the number of the last. */
  readonly segments: readonly ExportedSegment[];
  readonly description: string;
  /** Slices of which nothing is known, and the number that all their voxels get. */
  readonly unseen?: { readonly slices: readonly number[]; readonly label: number };
}

/** Writes segments as one image of integers, the number of the segment in each voxel, 0 where there is none. */
export interface LabelmapEncoder {
  /** @throws Problem unsupported-geometry for slices that are not evenly spaced, where the format has no place for them */
  encode(labelmap: LabelmapToEncode): Promise<Uint8Array>;
}

import { boxSize } from './indexBox.ts';
import { countVoxels, type Mask } from './mask.ts';
import { voxelsOfSlice } from './maskSlices.ts';
import { extentAt } from './slicePlaces.ts';
import { voxelVolumeMl, type VolumeGeometry } from './volumeGeometry.ts';

/** Volume of all voxels of a mask. In an uneven stack each slice reaches half-way to its neighbours. */
export function maskVolumeMl(mask: Mask, geometry: VolumeGeometry): number {
  const depth = boxSize(mask.box)[2];
  const counts = geometry.slicePlaces
    ? Array.from({ length: depth }, (_, k) => countVoxels({ voxels: voxelsOfSlice(mask, k) }))
    : [countVoxels(mask)];
  return volumeMlOf(counts, mask, geometry);
}

/** The same. @param counts of the voxels of each slice of the mask's box */
export function volumeMlOf(
  counts: readonly number[],
  { box }: Pick<Mask, 'box'>,
  geometry: VolumeGeometry,
): number {
  const { slicePlaces } = geometry;
  const meanMl = voxelVolumeMl(geometry);
  if (!slicePlaces) return counts.reduce((sum, count) => sum + count, 0) * meanMl;
  return counts.reduce(
    (volumeMl, count, k) => volumeMl + count * meanMl * extentAt(slicePlaces, box.minIjk[2] + k),
    0,
  );
}

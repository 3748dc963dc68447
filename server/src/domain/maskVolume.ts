import { boxSize } from './indexBox.ts';
import { countVoxels, type Mask } from './mask.ts';
import { extentAt } from './slicePlaces.ts';
import { voxelVolumeMl, type VolumeGeometry } from './volumeGeometry.ts';

/** Volume of all voxels of a mask. In an uneven stack each slice reaches half-way to its neighbours. */
export function maskVolumeMl(mask: Mask, geometry: VolumeGeometry): number {
  const { slicePlaces } = geometry;
  const meanMl = voxelVolumeMl(geometry);
  if (!slicePlaces) return countVoxels(mask) * meanMl;
  const [columns, rows, depth] = boxSize(mask.box);
  let volumeMl = 0;
  for (let k = 0; k < depth; k++) {
    const voxels = mask.voxels.subarray(k * rows * columns, (k + 1) * rows * columns);
    volumeMl += countVoxels({ voxels }) * meanMl * extentAt(slicePlaces, mask.box.minIjk[2] + k);
  }
  return volumeMl;
}

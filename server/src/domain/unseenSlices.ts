import { boxSize } from './indexBox.ts';
import { cropMask, type Mask } from './mask.ts';
import type { Volume } from './volume.ts';

/** The slices of a volume that the series has no images of; what they show is between their neighbours. */
export function unseenSlicesOf({ slices }: Pick<Volume, 'slices'>): readonly number[] {
  return slices.flatMap((slice, k) => (slice === undefined ? [k] : []));
}

/** The mask without voxels in the gaps of a series: no image was taken there, so nothing is claimed there. */
export function withoutUnseenSlices(mask: Mask, { slices }: Pick<Volume, 'slices'>): Mask {
  if (!slices.includes(undefined)) return mask;
  const [columns, rows, depth] = boxSize(mask.box);
  const voxels = mask.voxels.slice();
  for (let k = 0; k < depth; k++) {
    if (slices[mask.box.minIjk[2] + k] === undefined) {
      voxels.fill(0, k * rows * columns, (k + 1) * rows * columns);
    }
  }
  return cropMask({ ...mask, voxels });
}

import type { DecodedSlice } from './decodedSlice.ts';
import { stackGeometry, type SlicePlacement } from './stackGeometry.ts';
import type { Volume } from './volume.ts';
import { VoxelStore } from './voxelStore.ts';

/** Builds a volume from slices that come in any order; their pixels are copied as they are added. */
export class SliceStack {
  readonly #placements: SlicePlacement[] = [];
  #voxels: VoxelStore | undefined;

  add(slice: DecodedSlice): void {
    const { pixels, ...placement } = slice;
    this.#placements.push(placement);
    this.#voxels ??= new VoxelStore(pixels.length);
    const first = this.#placements[0] ?? placement;
    // A slice of another size makes `toVolume` refuse the whole stack, with all the odd ones named.
    if (slice.rows === first.rows && slice.columns === first.columns) {
      this.#voxels.add(pixels, { slope: slice.rescaleSlope, intercept: slice.rescaleIntercept });
    }
  }

  /**
   * Ends the stack.
   * @throws Problem unsupported-geometry that says which slices do not fit
   */
  toVolume(): Volume {
    const { geometry, order } = stackGeometry(this.#placements);
    const [first] = this.#placements;
    if (!first || !this.#voxels) throw new RangeError('a stack that has a geometry has slices');
    return {
      series: { studyInstanceUID: first.studyInstanceUID, seriesInstanceUID: first.seriesInstanceUID },
      modality: first.modality,
      geometry,
      ...this.#voxels.takeInOrder(order),
      slices: order.map(index => {
        const { sopClassUID, sopInstanceUID } = this.#placements[index]!;
        return { sopClassUID, sopInstanceUID };
      }),
      patientStudy: first.patientStudy,
    };
  }
}

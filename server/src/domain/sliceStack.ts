import { chooseStack } from './chooseStack.ts';
import type { DecodedSlice } from './decodedSlice.ts';
import type { ImageReference } from './seriesReference.ts';
import { stackGeometry, type SlicePlacement } from './stackGeometry.ts';
import { sharedMeaning } from './valueMeaning.ts';
import type { SliceSource, Volume } from './volume.ts';
import { VoxelStore } from './voxelStore.ts';

/** Slices of sizes after the first are few (localisers): no great room is taken ahead for them. */
const OTHER_SIZES_RESERVED_BYTES = 4 * 1024 * 1024;

/** Builds a volume from slices that come in any order; their pixels are copied as they are added. */
export class SliceStack {
  readonly #placements: SlicePlacement[] = [];
  /** Place of each slice in the store of its size. */
  readonly #places: number[] = [];
  readonly #storeBySize = new Map<string, { readonly voxels: VoxelStore; count: number }>();

  add(slice: DecodedSlice): void {
    const { pixels, ...placement } = slice;
    this.#placements.push(placement);
    const size = sizeOf(placement);
    let store = this.#storeBySize.get(size);
    if (!store) {
      const isFirst = this.#storeBySize.size === 0;
      const voxels = new VoxelStore(pixels.length, isFirst ? undefined : OTHER_SIZES_RESERVED_BYTES);
      store = { voxels, count: 0 };
      this.#storeBySize.set(size, store);
    }
    this.#places.push(store.count++);
    store.voxels.add(pixels, { slope: slice.rescaleSlope, intercept: slice.rescaleIntercept });
  }

  /**
   * Ends the stack.
   * @param image an image of the volume that is meant, where the series holds several
   * @throws Problem unsupported-geometry that says which slices do not fit, or which volumes there are
   */
  toVolume(image?: ImageReference): Volume {
    const chosen = chooseStack(this.#placements, image);
    const placements = chosen.map(index => this.#placements[index]!);
    const { geometry, order } = stackGeometry(placements);
    const first = placements[0]!;
    const { voxels } = this.#storeBySize.get(sizeOf(first))!;
    const { studyInstanceUID, seriesInstanceUID, modality, patientStudy } = first;
    const { meaning, factor } = sharedMeaning(placements.map(({ valueMeaning }) => valueMeaning));
    const { values, rescale } = voxels.takeInOrder(
      order.map(at => (at === undefined ? undefined : this.#places[chosen[at]!]!)),
    );
    return {
      series: { studyInstanceUID, seriesInstanceUID },
      modality,
      geometry,
      values,
      rescale: { slope: rescale.slope * factor, intercept: rescale.intercept * factor },
      valueMeaning: meaning,
      slices: order.map(at => (at === undefined ? undefined : sourceOf(placements[at]!))),
      patientStudy,
    };
  }
}

function sizeOf({ rows, columns }: SlicePlacement): string {
  return `${columns}×${rows}`;
}

function sourceOf({ sopClassUID, sopInstanceUID, frameNumber }: SlicePlacement): SliceSource {
  return { sopClassUID, sopInstanceUID, ...(frameNumber !== undefined && { frameNumber }) };
}

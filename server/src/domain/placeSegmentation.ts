import { FrameOfReferenceMismatchError, Problem } from './errors.ts';
import { gridPlaneOf, type GridPlane } from './gridPlane.ts';
import { countVoxels, type Mask } from './mask.ts';
import { MaskBuilder } from './maskBuilder.ts';
import type { OpeningWarning } from './openingWarning.ts';
import type { DecodedSegmentation, SegmentationFrame } from './decodedSegmentation.ts';
import { imageKey } from './seriesReference.ts';
import { withoutUnseenSlices } from './unseenSlices.ts';
import type { Volume } from './volume.ts';

/** Below it the pixels lie on the voxels as exactly as decimal strings can say. */
const NOTEWORTHY_DEVIATION_VOXELS = 0.01;

const IMAGE_MISSING: OpeningWarning = {
  code: 'image-missing',
  detail: 'The series has no image where some frames lie; what they outline there was left out.',
};

export interface PlacedSegmentation {
  /** By segment number; one for each segment. */
  readonly masks: ReadonlyMap<number, Mask>;
  readonly warnings: readonly OpeningWarning[];
}

/**
 * The segments of an object on the grid of a volume. Frames go where their position says, whatever their order and
 * orientation, and segments may overlap. Where the series has no image (a gap), there is nothing of them.
 * @throws Problem frame-of-reference-mismatch; unsupported-segmentation when a frame does not lie on the grid, has
 *   voxels outside of it, or names another image than the one it lies on, or when frames of one segment and slice
 *   name different images; unsupported-pixel-data
 * @param nextTurn waited for between two segments, so that others get a turn; the frames see to that themselves
 */
export async function placeSegmentation(
  object: DecodedSegmentation,
  volume: Pick<Volume, 'geometry' | 'slices'>,
  nextTurn: () => Promise<void> = () => Promise.resolve(),
): Promise<PlacedSegmentation> {
  const { geometry } = volume;
  if (object.frameOfReferenceUID !== geometry.frameOfReferenceUID) {
    throw new FrameOfReferenceMismatchError({
      expected: geometry.frameOfReferenceUID,
      actual: object.frameOfReferenceUID,
    });
  }
  const builders = new Map(
    object.segments.map(({ segmentNumber }) => [segmentNumber, new MaskBuilder(geometry.shapeIjk)] as const),
  );
  const moments = new SegmentMoments();
  let deviationVoxels = 0;
  for await (const frame of object.frames()) {
    const plane = gridPlaneOf(frame.plane, object.columns, object.rows, geometry);
    if (!plane) throw offGrid(frame);
    refuseContradiction(frame, plane, volume);
    deviationVoxels = Math.max(deviationVoxels, plane.deviationVoxels);
    for (const label of paint(frame, plane, object, builders)) moments.add(label, frame, plane);
  }
  const masks = new Map<number, Mask>();
  let isCut = false;
  for (const [segmentNumber, builder] of builders) {
    await nextTurn();
    const drawn = builder.toMask();
    // Each is held twice for a while: as runs, and as voxels.
    builders.delete(segmentNumber);
    const seen = withoutUnseenSlices(drawn, volume);
    isCut ||= seen !== drawn && countVoxels(seen) < countVoxels(drawn);
    masks.set(segmentNumber, seen);
  }
  return {
    masks,
    warnings: [...object.warnings, ...shiftWarnings(deviationVoxels), ...(isCut ? [IMAGE_MISSING] : [])],
  };
}

/**
 * A segment has one extent. Where it has several in one slice, each drawn on another image, these are moments of a
 * series of several volumes, and united they would be none of them.
 */
class SegmentMoments {
  readonly #imageOf = new Map<string, string>();

  /** @throws Problem unsupported-segmentation */
  add(label: number, frame: SegmentationFrame, plane: GridPlane): void {
    if (!frame.source || !isSlice(plane)) return;
    const place = `${label}/${plane.originIjk[2]}`;
    const image = imageKey(frame.source);
    const other = this.#imageOf.get(place) ?? image;
    if (other !== image) {
      throw refusal(
        'The segmentation is of several volumes (time points): for one slice it names several images.',
        frame,
      );
    }
    this.#imageOf.set(place, image);
  }
}

/**
 * Runs of one segment along a row become runs along i where the row runs so.
 * @returns the segments that the frame holds
 */
function paint(
  frame: SegmentationFrame,
  { originIjk, columnStepIjk, rowStepIjk }: GridPlane,
  { columns, backgroundLabels }: DecodedSegmentation,
  builders: ReadonlyMap<number, MaskBuilder>,
): ReadonlySet<number> {
  const { labels } = frame;
  const painted = new Set<number>();
  const isZeroBackground = backgroundLabels.has(0) && !builders.has(0);
  const [alongI, alongJ, alongK] = columnStepIjk;
  for (let start = 0, end = 0; start < labels.length; start = end) {
    const label = labels[start]!;
    if (label === 0 && isZeroBackground) {
      end = endOfZeros(labels, start);
      continue;
    }
    const row = Math.floor(start / columns);
    const endOfRow = (row + 1) * columns;
    end = start + 1;
    while (end < endOfRow && labels[end] === label) end++;
    const builder = builders.get(label);
    if (!builder) {
      if (backgroundLabels.has(label)) continue;
      throw refusal(`A frame holds ${label}, which no segment describes.`, frame);
    }
    painted.add(label);
    const column = start - row * columns;
    const length = end - start;
    const i = originIjk[0] + row * rowStepIjk[0] + column * alongI;
    const j = originIjk[1] + row * rowStepIjk[1] + column * alongJ;
    const k = originIjk[2] + row * rowStepIjk[2] + column * alongK;
    const isInside =
      alongI === 0
        ? Array.from({ length }, (_, n) => builder.addRun(i, j + n * alongJ, k + n * alongK, 1)).every(
            Boolean,
          )
        : builder.addRun(alongI > 0 ? i : i - length + 1, j, k, length);
    if (!isInside) throw refusal('The segmentation reaches beyond the images of the series.', frame);
  }
  return painted;
}

/** Most of a frame is background: it is passed four bytes at a time. */
function endOfZeros(labels: SegmentationFrame['labels'], start: number): number {
  const { length, byteOffset, BYTES_PER_ELEMENT: size } = labels;
  let end = start;
  if (byteOffset % 4 === 0) {
    const perWord = 4 / size;
    while (end < length && end % perWord > 0 && labels[end] === 0) end++;
    const words = new Uint32Array(labels.buffer, byteOffset, (length * size) >> 2);
    let word = Math.ceil(end / perWord);
    if (end % perWord === 0) {
      while (word < words.length && words[word] === 0) word++;
      end = word * perWord;
    }
  }
  while (end < length && labels[end] === 0) end++;
  return end;
}

/** Position and named image have to agree: where they do not, one of them would put the mask in a wrong place. */
function refuseContradiction(
  frame: SegmentationFrame,
  plane: GridPlane,
  { slices }: Pick<Volume, 'slices'>,
): void {
  const { source } = frame;
  if (!source || !isSlice(plane)) return;
  const isNamed = (slice: Volume['slices'][number]): boolean =>
    slice !== undefined &&
    slice.sopInstanceUID === source.sopInstanceUID &&
    (source.frameNumber === undefined || (slice.frameNumber ?? 1) === source.frameNumber);
  if (isNamed(slices[plane.originIjk[2]]) || !slices.some(isNamed)) return;
  throw refusal('A frame of the segmentation lies on another image than the one that it names.', frame);
}

function isSlice({ columnStepIjk, rowStepIjk }: GridPlane): boolean {
  return columnStepIjk[2] === 0 && rowStepIjk[2] === 0;
}

function offGrid(frame: SegmentationFrame): Problem {
  return refusal('The pixels of the segmentation are not voxels of the series.', frame);
}

function refusal(detail: string, { frameNumber }: SegmentationFrame): Problem {
  return new Problem('unsupported-segmentation', detail, { frameNumber });
}

function shiftWarnings(deviationVoxels: number): readonly OpeningWarning[] {
  if (deviationVoxels <= NOTEWORTHY_DEVIATION_VOXELS) return [];
  const detail = `Frames lie up to ${deviationVoxels.toFixed(2)} voxels off the images; each pixel became the nearest voxel.`;
  return [{ code: 'moved-to-grid', detail }];
}

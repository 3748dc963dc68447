import { Problem } from '../../domain/errors.ts';
import { boxSize } from '../../domain/indexBox.ts';
import type { SegmentationToEncode } from '../../ports/segmentationEncoder.ts';
import { packSlice } from './packedBits.ts';
import type { SegFrame } from './segFrames.ts';

const LARGEST_8_BIT = 255;

/** A bit a voxel, or as many as the highest segment number takes (PS3.3 C.8.20.2). */
export function bitsAllocatedOf({ format, segments }: SegmentationToEncode): 1 | 8 | 16 {
  if (format.segmentationType === 'BINARY') return 1;
  return segments.length <= LARGEST_8_BIT ? 8 : 16;
}

/** Even, as every value in DICOM is. */
export function nativeBytesOf(segmentation: SegmentationToEncode, frameCount: number): number {
  const [columns, rows] = segmentation.source.geometry.shapeIjk;
  return 2 * Math.ceil((frameCount * rows * columns * bitsAllocatedOf(segmentation)) / 16);
}

/**
 * Writes frames one after the other, without padding between them (PS3.5 8.1.1).
 * @param target zeros, of the length that `nativeBytesOf` says
 * @throws Problem segments-overlap when a LABELMAP would lose a voxel
 */
export function writeFrames(
  segmentation: SegmentationToEncode,
  frames: readonly SegFrame[],
  target: Uint8Array,
): void {
  const { geometry } = segmentation.source;
  const pixelsPerFrame = geometry.shapeIjk[0] * geometry.shapeIjk[1];
  frames.forEach(({ segmentNumber, k }, index) => {
    if (segmentNumber === undefined) paintSlice(segmentation, k, target, index * pixelsPerFrame);
    else packSlice(segmentation.segments[segmentNumber - 1]!.mask, k, target, index * pixelsPerFrame);
  });
}

/** Segment numbers of one slice. @param firstPixel where the frame begins in `target`, little endian */
function paintSlice(
  segmentation: SegmentationToEncode,
  k: number,
  target: Uint8Array,
  firstPixel: number,
): void {
  const isWide = bitsAllocatedOf(segmentation) === 16;
  segmentation.segments.forEach(({ mask }, index) => {
    const { box, voxels, shapeIjk } = mask;
    if (k < box.minIjk[2] || k >= box.maxIjk[2]) return;
    const segmentNumber = index + 1;
    const [columns, rows] = boxSize(box);
    let from = (k - box.minIjk[2]) * rows * columns;
    for (let j = box.minIjk[1]; j < box.maxIjk[1]; j++) {
      let pixel = firstPixel + j * shapeIjk[0] + box.minIjk[0];
      for (const end = from + columns; from < end; from++, pixel++) {
        if (!voxels[from]) continue;
        const low = isWide ? 2 * pixel : pixel;
        const taken = target[low]! + (isWide ? 256 * target[low + 1]! : 0);
        if (taken > 0) throw overlap(taken, segmentNumber, k);
        target[low] = segmentNumber & 0xff;
        if (isWide) target[low + 1] = segmentNumber >> 8;
      }
    }
  });
}

function overlap(one: number, other: number, k: number): Problem {
  return new Problem('segments-overlap', 'Ask for BINARY, where a voxel can be in several segments.', {
    ...{ segmentNumbers: [one, other], slice: k },
  });
}

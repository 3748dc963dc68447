import type { Vector3 } from './affine.ts';
import { blendPlane, placeVoxels, type AxisBlend } from './axisBlend.ts';
import { AXES, patientAxisOf, voxelsOfMm, type Axis, type CanonicalFrame } from './canonicalFrame.ts';
import { boxSize, boxVoxelCount, type IndexBox } from './indexBox.ts';
import { cropMask, emptyMask, type Mask } from './mask.ts';
import { regionBoxInVolume, type Region } from './regionOfInterest.ts';

/** Logits (K', J', I') over the same cube as a region, edge to edge, whatever their resolution. */
export interface Logits {
  readonly shapeIjk: Vector3;
  readonly values: Float32Array;
}

/** Logits that the model is told, plus or minus, for what is sure. */
export const MASK_CONFIDENCE = 6;

/** Logits beyond the threshold as a mask on the logits' own grid. */
export function thresholdLogits(logits: Logits, threshold: number): Mask {
  const voxels = new Uint8Array(logits.values.length);
  for (let at = 0; at < voxels.length; at++) voxels[at] = logits.values[at]! > threshold ? 1 : 0;
  const box: IndexBox = { minIjk: [0, 0, 0], maxIjk: logits.shapeIjk };
  return cropMask({ shapeIjk: logits.shapeIjk, box, voxels });
}

/** The logits where a mask on their own grid is, a sure no elsewhere. */
export function logitsWithin(logits: Logits, mask: Mask): Logits {
  const values = new Float32Array(logits.values.length).fill(-MASK_CONFIDENCE);
  const { minIjk, maxIjk } = mask.box;
  const [columns, rows] = logits.shapeIjk;
  let at = 0;
  for (let k = minIjk[2]; k < maxIjk[2]; k++) {
    for (let j = minIjk[1]; j < maxIjk[1]; j++) {
      for (let i = minIjk[0]; i < maxIjk[0]; i++, at++) {
        const place = i + columns * (j + rows * k);
        if (mask.voxels[at] === 1) values[place] = logits.values[place]!;
      }
    }
  }
  return { shapeIjk: logits.shapeIjk, values };
}

/** With the voxels low ≤ n < high that can touch a logit beyond the threshold. */
interface BoundedBlend extends AxisBlend {
  readonly low: number;
  readonly high: number;
}

/**
 * The mask on the volume's grid: logits interpolated linearly (align_corners=False) at the centre of every
 * voxel, only within the box that can be positive.
 */
export function maskFromLogits(
  logits: Logits,
  threshold: number,
  region: Region,
  frame: CanonicalFrame,
  shapeIjk: Vector3,
): Mask {
  const positive = thresholdLogits(logits, threshold).box;
  const regionBox = regionBoxInVolume(frame, region);
  const blends = AXES.map(axis => axisBlend(logits, region, frame, regionBox, positive, axis));
  const [column, row, slice] = blends;
  if (!column || !row || !slice || blends.some(blend => blend.low >= blend.high)) return emptyMask(shapeIjk);
  const box: IndexBox = {
    minIjk: [column.low, row.low, slice.low],
    maxIjk: [column.high, row.high, slice.high],
  };
  const voxels = new Uint8Array(boxVoxelCount(box));
  const plane = new Float32Array(row.count * column.count);
  const line = new Float32Array(column.count);
  const cells = cellsOf(column);
  let at = 0;
  for (let k = slice.low; k < slice.high; k++) {
    blendPlane(logits.values, slice, row, column, k, plane);
    for (let j = row.low; j < row.high; j++, at += column.high - column.low) {
      if (blendLine(plane, row, j, threshold, line)) {
        thresholdLine(line, cells, column, threshold, voxels, at - column.low);
      }
    }
  }
  return cropMask({ shapeIjk, box, voxels });
}

function axisBlend(
  logits: Logits,
  region: Region,
  frame: CanonicalFrame,
  regionBox: IndexBox,
  positive: IndexBox,
  volumeAxis: Axis,
): BoundedBlend {
  const axis = patientAxisOf(frame, volumeAxis);
  const { shapeIjk } = logits;
  const samplesOfMm = (along: Axis, mm: number): number =>
    ((mm / region.spacingMm - region.cornerIjk[along]) * shapeIjk[along]) / region.shapeIjk[along];
  const [from, to] = [regionBox.minIjk[volumeAxis], regionBox.maxIjk[volumeAxis]];
  const placed = placeVoxels({ shapeIjk, samplesOfMm }, frame, volumeAxis, [from, to]);
  let low = frame[axis].length;
  let high = 0;
  for (let n = from; n < to; n++) {
    const below = placed.below[n]!;
    if (below + 1 < positive.minIjk[axis] || below >= positive.maxIjk[axis]) continue;
    low = Math.min(low, n);
    high = n + 1;
  }
  const first = Math.max(0, positive.minIjk[axis] - 1);
  const count = Math.min(shapeIjk[axis], positive.maxIjk[axis] + 1) - first;
  return { ...placed, low, high, first, count };
}

/** One row of the volume, still at the logits' resolution along it. @returns whether any is beyond the threshold */
function blendLine(
  plane: Float32Array,
  row: AxisBlend,
  j: number,
  threshold: number,
  line: Float32Array,
): boolean {
  const fraction = row.fraction[j]!;
  const lower = (row.below[j]! - row.first) * line.length;
  const upper = fraction > 0 ? lower + line.length : lower;
  let any = false;
  for (let n = 0; n < line.length; n++) {
    const value = plane[lower + n]!;
    const blended = value + fraction * (plane[upper + n]! - value);
    line[n] = blended;
    if (blended > threshold) any = true;
  }
  return any;
}

/** For each logit of a line, the voxels from ≤ i < to whose `below` it is. */
function cellsOf(column: BoundedBlend): { from: Int32Array; to: Int32Array } {
  const from = new Int32Array(column.count);
  const to = new Int32Array(column.count);
  for (let i = column.low; i < column.high; i++) {
    const cell = column.below[i]! - column.first;
    if (to[cell] === 0) from[cell] = i;
    to[cell] = i + 1;
  }
  return { from, to };
}

function thresholdLine(
  line: Float32Array,
  cells: { from: Int32Array; to: Int32Array },
  column: AxisBlend,
  threshold: number,
  voxels: Uint8Array,
  rowOrigin: number,
): void {
  for (let cell = 0; cell < line.length; cell++) {
    const left = line[cell]!;
    const right = line[cell + 1] ?? left;
    if (left <= threshold && right <= threshold) continue;
    const end = cells.to[cell]!;
    for (let i = cells.from[cell]!; i < end; i++) {
      if (left + column.fraction[i]! * (right - left) > threshold) voxels[rowOrigin + i] = 1;
    }
  }
}

/** A mask seen by the model as a previous answer: ±`confidence` at the nearest voxel of each logit's centre. */
export function logitsFromMask(
  mask: Mask,
  region: Region,
  frame: CanonicalFrame,
  logitsShapeIjk: Vector3,
  confidence: number,
): Logits {
  const size = boxSize(mask.box);
  const strides = [1, size[0], size[0] * size[1]];
  // For each logit along a canonical axis its share of the place in the mask's array; −1 outside the box.
  const [alongI, alongJ, alongK] = ([0, 1, 2] as const).map(axis => {
    const { volumeAxis, flipped, length } = frame[axis];
    const places = new Int32Array(logitsShapeIjk[axis]).fill(-1);
    for (let n = 0; n < places.length; n++) {
      const inRegion = ((n + 0.5) * region.shapeIjk[axis]) / logitsShapeIjk[axis] + region.cornerIjk[axis];
      const fromLowEdge = Math.floor(voxelsOfMm(frame[axis], inRegion * region.spacingMm));
      const index = flipped ? length - 1 - fromLowEdge : fromLowEdge;
      const local = index - mask.box.minIjk[volumeAxis];
      if (local >= 0 && local < size[volumeAxis]) places[n] = local * (strides[volumeAxis] ?? 0);
    }
    return places;
  });
  const values = new Float32Array(logitsShapeIjk[0] * logitsShapeIjk[1] * logitsShapeIjk[2]).fill(
    -confidence,
  );
  if (!alongI || !alongJ || !alongK) return { shapeIjk: logitsShapeIjk, values };
  let at = 0;
  for (const k of alongK) {
    for (const j of alongJ) {
      for (const i of alongI) {
        if (k >= 0 && j >= 0 && i >= 0 && mask.voxels[k + j + i] === 1) values[at] = confidence;
        at++;
      }
    }
  }
  return { shapeIjk: logitsShapeIjk, values };
}

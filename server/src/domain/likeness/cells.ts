import type { Vector3 } from '../affine.ts';
import { extentMmOf, type Axis, type CanonicalFrame } from '../canonicalFrame.ts';
import type { Region } from '../regionOfInterest.ts';

/** Regions are compared by cells so many voxels wide: the finest grid that encoders speak of. */
export const CELL_VOXELS = 2;

/** Features on a grid that covers a region edge to edge; `values` (channels, K', J', I'). */
export interface FeatureGrid {
  readonly channels: number;
  readonly shapeKji: Vector3;
  readonly values: Float32Array;
}

export function cellShapeOf({ shapeIjk }: Region): Vector3 {
  const cells = (axis: Axis): number => Math.floor(shapeIjk[axis] / CELL_VOXELS);
  return [cells(0), cells(1), cells(2)];
}

export function cellCountOf([i, j, k]: Vector3): number {
  return i * j * k;
}

/** mm along a canonical axis from the volume's low edge to the centre of a region's cell. */
export function cellPlaceMm({ cornerIjk, spacingMm }: Region, axis: Axis, cell: number): number {
  return (cornerIjk[axis] + (cell + 0.5) * CELL_VOXELS) * spacingMm;
}

/** Which cells lie in the volume, at least by half: 1 or 0, (K, J, I). */
export function cellsInside(frame: CanonicalFrame, region: Region): Uint8Array {
  const extentMm = extentMmOf(frame);
  const shapeIjk = cellShapeOf(region);
  const shares = ([0, 1, 2] as const).map(axis =>
    Array.from({ length: shapeIjk[axis] }, (_, cell) => {
      let inside = 0;
      for (let n = cell * CELL_VOXELS; n < (cell + 1) * CELL_VOXELS; n++) {
        const mm = (region.cornerIjk[axis] + n + 0.5) * region.spacingMm;
        if (mm >= 0 && mm <= extentMm[axis]) inside++;
      }
      return inside / CELL_VOXELS;
    }),
  );
  const [alongI = [], alongJ = [], alongK = []] = shares;
  return Uint8Array.from(
    alongK.flatMap(k => alongJ.flatMap(j => alongI.map(i => (k * j * i >= 0.5 ? 1 : 0)))),
  );
}

/** Means over the voxels of each cell. @param values (K, J, I) of a region */
export function pooledCells(
  values: Float32Array,
  { shapeIjk: [columns, rows] }: Region,
  cells: Vector3,
): Float32Array {
  const pooled = new Float32Array(cellCountOf(cells));
  let at = 0;
  for (let k = 0; k < cells[2]; k++) {
    for (let j = 0; j < cells[1]; j++) {
      for (let i = 0; i < cells[0]; i++, at++) {
        let sum = 0;
        for (let n = 0; n < CELL_VOXELS ** 3; n++) {
          const [x, y, z] = [
            n % CELL_VOXELS,
            Math.floor(n / CELL_VOXELS) % CELL_VOXELS,
            Math.floor(n / CELL_VOXELS ** 2),
          ];
          sum +=
            values[((k * CELL_VOXELS + z) * rows + j * CELL_VOXELS + y) * columns + i * CELL_VOXELS + x]!;
        }
        pooled[at] = sum / CELL_VOXELS ** 3;
      }
    }
  }
  return pooled;
}

/** Cells at most so many steps between neighbours by faces from those of a set. */
export function withinSteps(cells: Uint8Array, [columns, rows, slices]: Vector3, steps: number): Uint8Array {
  const distance = Int32Array.from(cells, cell => (cell ? 0 : steps + 1));
  const plane = columns * rows;
  const look = (at: number, from: number, isHeld: boolean): void => {
    if (isHeld && distance[from]! + 1 < distance[at]!) distance[at] = distance[from]! + 1;
  };
  // City-block distances take two passes.
  for (let at = 0; at < distance.length; at++) {
    look(at, at - 1, at % columns > 0);
    look(at, at - columns, Math.floor(at / columns) % rows > 0);
    look(at, at - plane, at >= plane);
  }
  for (let at = distance.length - 1; at >= 0; at--) {
    look(at, at + 1, at % columns < columns - 1);
    look(at, at + columns, Math.floor(at / columns) % rows < rows - 1);
    look(at, at + plane, at < plane * (slices - 1));
  }
  return Uint8Array.from(distance, one => (one <= steps ? 1 : 0));
}

/** At most so many cells of a set, every m-th in k-j-i order: their places in the array. */
export function evenlyChosen(cells: Uint8Array, count: number): Int32Array {
  const places = placesOf(cells);
  const step = Math.max(1, Math.ceil(places.length / count));
  return places.filter((_, n) => n % step === 0);
}

export function placesOf(cells: Uint8Array): Int32Array {
  const places: number[] = [];
  cells.forEach((cell, at) => {
    if (cell) places.push(at);
  });
  return Int32Array.from(places);
}

/** Mean over a cube of cells about each; beyond the region it is as at its border. */
export function blurredCells(values: Float32Array, shapeIjk: Vector3, radius: number): Float32Array {
  let blurred = values;
  let stride = 1;
  for (const length of shapeIjk) {
    blurred = blurredAlong(blurred, length, stride, radius);
    stride *= length;
  }
  return blurred;
}

function blurredAlong(values: Float32Array, length: number, stride: number, radius: number): Float32Array {
  const blurred = new Float32Array(values.length);
  for (let at = 0; at < values.length; at++) {
    const n = Math.floor(at / stride) % length;
    let sum = 0;
    for (let m = n - radius; m <= n + radius; m++) {
      sum += values[at + (Math.min(length - 1, Math.max(0, m)) - n) * stride]!;
    }
    blurred[at] = sum / (2 * radius + 1);
  }
  return blurred;
}

/** A picture: 8 bits a channel, grey or RGB interleaved, row by row. */
export interface Raster {
  readonly columns: number;
  readonly rows: number;
  readonly channels: 1 | 3;
  readonly samples: Uint8Array;
}

export interface RasterSize {
  readonly columns: number;
  readonly rows: number;
}

/** Part of a raster, in its pixels. */
export interface RasterRegion extends RasterSize {
  readonly left: number;
  readonly top: number;
}

export function cropRaster(raster: Raster, region: RasterRegion): Raster {
  const left = clampInteger(region.left, 0, raster.columns - 1);
  const top = clampInteger(region.top, 0, raster.rows - 1);
  const columns = clampInteger(region.columns, 1, raster.columns - left);
  const rows = clampInteger(region.rows, 1, raster.rows - top);
  const { channels } = raster;
  const samples = new Uint8Array(columns * rows * channels);
  for (let row = 0; row < rows; row++) {
    const start = ((top + row) * raster.columns + left) * channels;
    samples.set(raster.samples.subarray(start, start + columns * channels), row * columns * channels);
  }
  return { columns, rows, channels, samples };
}

/** Scales a raster to the largest size that fits the viewport with its proportions kept. */
export function fitRaster(raster: Raster, viewport: RasterSize): Raster {
  const factor = Math.min(viewport.columns / raster.columns, viewport.rows / raster.rows);
  const columns = Math.max(1, Math.round(raster.columns * factor));
  const rows = Math.max(1, Math.round(raster.rows * factor));
  const { channels } = raster;
  // Along the rows, then along the columns of what that gave.
  const across = resample(raster.samples, {
    lines: raster.rows,
    lineStride: raster.columns * channels,
    length: raster.columns,
    stride: channels,
    newLength: columns,
    channels,
    outLineStride: columns * channels,
    outStride: channels,
  });
  const samples = resample(across, {
    lines: columns,
    lineStride: channels,
    length: raster.rows,
    stride: columns * channels,
    newLength: rows,
    channels,
    outLineStride: channels,
    outStride: columns * channels,
  });
  return { columns, rows, channels, samples: Uint8Array.from(samples, value => Math.round(value)) };
}

interface ResampleAxis {
  readonly lines: number;
  readonly lineStride: number;
  readonly length: number;
  readonly stride: number;
  readonly newLength: number;
  readonly channels: number;
  readonly outLineStride: number;
  readonly outStride: number;
}

/** A triangle filter, as wide as one sample of the coarser grid: linear when it enlarges, an average when it shrinks. */
function resample(samples: ArrayLike<number>, axis: ResampleAxis): Float32Array {
  const { lines, length, newLength, channels } = axis;
  const result = new Float32Array(lines * newLength * channels);
  const step = length / newLength;
  const radius = Math.max(1, step);
  for (let target = 0; target < newLength; target++) {
    const centre = (target + 0.5) * step - 0.5;
    const first = Math.max(0, Math.ceil(centre - radius));
    const last = Math.min(length - 1, Math.floor(centre + radius));
    const weights: number[] = [];
    for (let source = first; source <= last; source++) weights.push(1 - Math.abs(source - centre) / radius);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    for (let line = 0; line < lines; line++) {
      for (let channel = 0; channel < channels; channel++) {
        let sum = 0;
        for (let tap = 0; tap < weights.length; tap++) {
          sum += weights[tap]! * samples[line * axis.lineStride + (first + tap) * axis.stride + channel]!;
        }
        result[line * axis.outLineStride + target * axis.outStride + channel] = sum / total;
      }
    }
  }
  return result;
}

function clampInteger(value: number, low: number, high: number): number {
  return Math.round(Math.min(Math.max(value, low), high));
}

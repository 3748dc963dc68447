import type { Vector3 } from './affine.ts';
import { boxVoxelCount, intersectBoxes, type IndexBox } from './indexBox.ts';
import type { ModelManifest, NormalisationChannel, ValueRange } from './modelManifest.ts';
import { percentileOf } from './percentile.ts';
import type { RegionSamples } from './resample.ts';
import type { Volume } from './volume.ts';

/** A window narrower than this (in modality units) is noise of a flat image. */
const HALF_WIDTH_FLOOR = 1e-6;
const OUTSIDE = -1;

/** What a model is shown of a volume's values: of Hounsfield units its window, of others all. */
export function valueRangeOf(
  { normalisation }: Pick<ModelManifest, 'normalisation'>,
  { valueMeaning }: Pick<Volume, 'valueMeaning'>,
): ValueRange | undefined {
  return valueMeaning.units === 'HU' ? normalisation.hounsfieldWindow : undefined;
}

/**
 * What the image encoder sees of a region: one channel a window, each the linear map of two percentiles of the
 * voxels inside the volume to −1 and 1, clipped; −1 outside the volume. The training code does the same.
 * @param valueRange that values are clamped to: beyond lie metal, and the padding about a CT's field of view
 * @returns (C, K, J, I) float32
 */
export function normaliseRegion(
  region: RegionSamples,
  channels: readonly NormalisationChannel[],
  valueRange?: ValueRange,
): Float32Array {
  const samples = valueRange ? clamped(region, valueRange) : region;
  const size = samples.values.length;
  const image = new Float32Array(channels.length * size).fill(OUTSIDE);
  channels.forEach((channel, index) => {
    let window = windowOf(samples, channel);
    // A centre outside the volume says nothing: look through the first channel's window instead.
    if (window === undefined && channels[0]) window = windowOf(samples, channels[0]);
    if (window) applyWindow(samples, window, image.subarray(index * size, (index + 1) * size));
  });
  return image;
}

function clamped(samples: RegionSamples, [low, high]: ValueRange): RegionSamples {
  return { ...samples, values: samples.values.map(value => Math.min(Math.max(value, low), high)) };
}

interface Window {
  readonly centre: number;
  readonly halfWidth: number;
}

function windowOf(samples: RegionSamples, channel: NormalisationChannel): Window | undefined {
  const { shapeIjk } = samples;
  const everything: IndexBox = { minIjk: [0, 0, 0], maxIjk: shapeIjk };
  const looked = channel.centralThird ? centralThird(shapeIjk) : everything;
  const seen = everyNthInside(samples, looked, channel.stride);
  if (seen.length === 0) return undefined;
  const low = percentileOf(seen, channel.percentiles[0]);
  const high = percentileOf(seen, channel.percentiles[1]);
  return {
    centre: (low + high) / 2,
    halfWidth: Math.max(((high - low) / 2) * channel.widen, HALF_WIDTH_FLOOR),
  };
}

function centralThird(shapeIjk: Vector3): IndexBox {
  const at = (thirds: 1 | 2): Vector3 => [
    Math.floor((shapeIjk[0] * thirds) / 3),
    Math.floor((shapeIjk[1] * thirds) / 3),
    Math.floor((shapeIjk[2] * thirds) / 3),
  ];
  return { minIjk: at(1), maxIjk: at(2) };
}

/** Values inside the volume at every `stride`-th place of the flat k-j-i order of the box looked at. */
function everyNthInside(samples: RegionSamples, looked: IndexBox, stride: number): Float32Array {
  const inside = intersectBoxes(looked, samples.insideBox);
  const [columns, rows] = samples.shapeIjk;
  const width = looked.maxIjk[0] - looked.minIjk[0];
  const height = looked.maxIjk[1] - looked.minIjk[1];
  const found = new Float32Array(boxVoxelCount(inside));
  let count = 0;
  for (let k = inside.minIjk[2]; k < inside.maxIjk[2]; k++) {
    for (let j = inside.minIjk[1]; j < inside.maxIjk[1]; j++) {
      const row = (k * rows + j) * columns;
      const flatRow = ((k - looked.minIjk[2]) * height + (j - looked.minIjk[1])) * width - looked.minIjk[0];
      const beyond = (flatRow + inside.minIjk[0]) % stride;
      const firstColumn = inside.minIjk[0] + (beyond === 0 ? 0 : stride - beyond);
      for (let i = firstColumn; i < inside.maxIjk[0]; i += stride) found[count++] = samples.values[row + i]!;
    }
  }
  return found.subarray(0, count);
}

function applyWindow(samples: RegionSamples, window: Window, channel: Float32Array): void {
  const { shapeIjk, insideBox, values } = samples;
  const { centre, halfWidth } = window;
  for (let k = insideBox.minIjk[2]; k < insideBox.maxIjk[2]; k++) {
    for (let j = insideBox.minIjk[1]; j < insideBox.maxIjk[1]; j++) {
      const row = (k * shapeIjk[1] + j) * shapeIjk[0];
      for (let at = row + insideBox.minIjk[0]; at < row + insideBox.maxIjk[0]; at++) {
        const scaled = (values[at]! - centre) / halfWidth;
        channel[at] = scaled < -1 ? -1 : scaled > 1 ? 1 : scaled;
      }
    }
  }
}

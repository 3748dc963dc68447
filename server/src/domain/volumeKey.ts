import type { Volume } from './volume.ts';
import { volumeFingerprintOf } from './volumeFingerprint.ts';

type Seen = Pick<Volume, 'series' | 'geometry' | 'slices' | 'values' | 'rescale' | 'valueMeaning'>;

/** So many voxels, spread over the volume, tell its values: images that replace others differ in most of theirs. */
const SAMPLED_VOXELS = 16_384;

const known = new WeakMap<Seen, string>();

/**
 * Names what a model sees of a volume, for what is remembered of it: its images and where they lie, and their values,
 * which are other ones where images were removed and came again under the same UIDs.
 */
export function volumeKeyOf(volume: Seen): string {
  const key = known.get(volume) ?? `${volumeFingerprintOf(volume)}-${hashOfValues(volume)}`;
  known.set(volume, key);
  return key;
}

function hashOfValues({ values, rescale, valueMeaning }: Seen): string {
  const float = new Float32Array(1);
  const bits = new Int32Array(float.buffer);
  let hash = 0x811c9dc5;
  const add = (value: number): void => {
    float[0] = value;
    hash = Math.imul(hash ^ bits[0]!, 0x01000193);
    // A product carries upwards alone, and values differ in their upper bits.
    hash ^= hash >>> 15;
  };
  add(rescale.slope);
  add(rescale.intercept);
  for (let at = 0; at < valueMeaning.units.length; at++) add(valueMeaning.units.charCodeAt(at));
  // Odd, so that rows whose length is a power of two are met at changing columns.
  const stride = Math.ceil(values.length / SAMPLED_VOXELS) | 1;
  for (let at = 0; at < values.length; at += stride) add(values[at]!);
  return (hash >>> 0).toString(16).padStart(8, '0');
}

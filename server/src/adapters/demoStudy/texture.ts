import { seededRandom } from './random.ts';

const SIDE = 128;
const MASK = SIDE - 1;

/** Size of a texture's blobs: about 3 mm, about 7 mm. */
export type Grain = 'fine' | 'coarse';
const SMOOTHINGS = { fine: 1, coarse: 6 } as const satisfies Record<Grain, number>;

/** Random texture that fills space: standard deviations from the mean at an LPS point in mm, about Gaussian. */
export type Texture = (x: number, y: number, z: number, grain: Grain) => number;

/** Periodic 128³ blocks of smoothed noise, a voxel a mm, looked up by nearest neighbour. Same seed, same texture. */
export function createTexture(seed: number): Texture {
  const fine = block(seed, SMOOTHINGS.fine);
  const coarse = block(seed + 1, SMOOTHINGS.coarse);
  return (x, y, z, grain) => {
    const n = ((((z & MASK) << 7) | (y & MASK)) << 7) | (x & MASK);
    return grain === 'fine' ? fine[n]! : coarse[n]!;
  };
}

function block(seed: number, smoothings: number): Float32Array {
  const random = seededRandom(seed);
  let field = new Float32Array(SIDE ** 3);
  for (let i = 0; i < field.length; i++) field[i] = random() + random() + random() - 1.5;
  for (let pass = 0; pass < smoothings; pass++) {
    for (const stride of [1, 128, 16384] as const) field = smoothed(field, stride);
  }
  const deviation = standardDeviation(field);
  return field.map(value => value / deviation);
}

/** Binomial smoothing (1 4 6 4 1)/16 along one axis, wrapping around. */
function smoothed(field: Float32Array, stride: 1 | 128 | 16384): Float32Array<ArrayBuffer> {
  const out = new Float32Array(field.length);
  const shift = Math.log2(stride);
  const clear = ~(MASK << shift);
  for (let n = 0; n < field.length; n++) {
    const line = n & clear;
    const place = n >> shift;
    const far =
      field[line | (((place - 2) & MASK) << shift)]! + field[line | (((place + 2) & MASK) << shift)]!;
    const near =
      field[line | (((place - 1) & MASK) << shift)]! + field[line | (((place + 1) & MASK) << shift)]!;
    out[n] = (far + 4 * near + 6 * field[n]!) / 16;
  }
  return out;
}

export function standardDeviation(field: Float32Array): number {
  let sum = 0;
  let squares = 0;
  for (const value of field) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / field.length;
  return Math.sqrt(squares / field.length - mean * mean);
}

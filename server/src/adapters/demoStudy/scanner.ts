import { applyAffine } from '../../domain/affine.ts';
import { COLUMNS, IJK_TO_LPS, ROWS } from './acquisition.ts';
import { trunkOutlineMm } from './anatomy/trunk.ts';
import { seededRandom } from './random.ts';
import { standardDeviation } from './texture.ts';

const TILE = 512;
const TILE_MASK = TILE - 1;
const LOWEST_HU = -1024;

/** Turns clean HU of slice k into what a scanner would store (HU, int16). */
export type Scanner = (k: number, hu: Float32Array, stored: Int16Array) => void;

/**
 * Noise as filtered back projection leaves it (band-pass spectrum, more in the middle of the body and between
 * the hips, where most is absorbed), streaks between dense bones, and a slight beam-hardening shade.
 */
export function createScanner(seed: number): Scanner {
  const random = seededRandom(seed);
  const grains = [0, 1].map(() => bandPassTile(random));
  const streaks = streakTile(random);
  const [first, second] = [grains[0] ?? streaks, grains[1] ?? streaks];

  return (k, hu, stored) => {
    const shift = seededRandom(seed * 1000 + k);
    const offset = (): number => Math.floor(shift() * TILE);
    const [ax, ay, bx, by, sy] = [offset(), offset(), offset(), offset(), offset()];
    const middle = applyAffine(IJK_TO_LPS, [(COLUMNS - 1) / 2, (ROWS - 1) / 2, k]);
    const { halfWidth, halfDepth, centreY } = trunkOutlineMm(middle[2]);
    // Both hip joints in the beam: the darkest band and the longest streaks lie between them.
    const hips = Math.exp(-(((middle[2] + 180) / 30) ** 2));
    for (let j = 0; j < ROWS; j++) {
      const [x0, y0] = applyAffine(IJK_TO_LPS, [0, j, k]);
      const [x1, y1] = applyAffine(IJK_TO_LPS, [COLUMNS, j, k]);
      const a = ((j + ay) & TILE_MASK) * TILE;
      const b = ((j + by) & TILE_MASK) * TILE;
      const s = ((j + sy) & TILE_MASK) * TILE;
      for (let i = 0; i < COLUMNS; i++) {
        const n = j * COLUMNS + i;
        const t = i / COLUMNS;
        const xn = (x0 + (x1 - x0) * t) / halfWidth;
        const yn = (y0 + (y1 - y0) * t - centreY) / halfDepth;
        const r2 = xn * xn + yn * yn;
        const depth = r2 < 1.4 ? 1 - r2 / 1.4 : 0;
        const sigma = 6.5 + 8 * depth + 5 * hips * depth;
        const noise =
          (first[a + ((i + ax) & TILE_MASK)]! + second[b + ((i + bx) & TILE_MASK)]!) * Math.SQRT1_2;
        const streak = streaks[s + i]! * (1.2 + 7 * hips) * depth;
        const band = hips < 0.01 ? 0 : 14 * hips * Math.exp(-(((yn - 0.05) / 0.22) ** 2));
        const shade = -5 * depth - band * (xn * xn < 0.16 ? 1 : 0.16 / (xn * xn));
        const value = Math.round(hu[n]! + sigma * noise + (hu[n]! > -900 ? streak + shade : 0));
        stored[n] = value < LOWEST_HU ? LOWEST_HU : value;
      }
    }
  };
}

type Tile = Float32Array<ArrayBuffer>;

function bandPassTile(random: () => number): Tile {
  const white = whiteTile(random);
  const fine = blurred(blurred(white, 1, 0.85), TILE, 0.85);
  const coarse = blurred(blurred(white, 1, 2.6), TILE, 2.6);
  return normalised(fine.map((value, i) => value - 0.85 * coarse[i]!));
}

function streakTile(random: () => number): Tile {
  return normalised(blurred(blurred(whiteTile(random), 1, 45), TILE, 0.9));
}

/** Gaussian by Box and Muller. */
function whiteTile(random: () => number): Tile {
  return new Float32Array(TILE * TILE).map(
    () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  );
}

/** Gaussian blur along one axis (stride 1: rows, stride TILE: columns), wrapping around. */
function blurred(tile: Tile, stride: 1 | 512, sigma: number): Tile {
  const reach = Math.ceil(3 * sigma);
  const bell = Float64Array.from({ length: 2 * reach + 1 }, (_, o) =>
    Math.exp(-0.5 * ((o - reach) / sigma) ** 2),
  );
  const total = bell.reduce((sum, weight) => sum + weight, 0);
  const weights = bell.map(weight => weight / total);
  const out = new Float32Array(tile.length);
  const shift = Math.log2(stride);
  const clear = ~(TILE_MASK << shift);
  for (let n = 0; n < tile.length; n++) {
    const line = n & clear;
    const place = n >> shift;
    let sum = 0;
    for (let o = -reach; o <= reach; o++)
      sum += weights[o + reach]! * tile[line | (((place + o) & TILE_MASK) << shift)]!;
    out[n] = sum;
  }
  return out;
}

function normalised(tile: Tile): Tile {
  const deviation = standardDeviation(tile);
  return tile.map(value => value / deviation);
}

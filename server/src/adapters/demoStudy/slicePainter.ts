import { affineColumn, applyAffine, type Vector3 } from '../../domain/affine.ts';
import { COLUMNS, IJK_TO_LPS, PIXEL_SPACING_MM, ROWS } from './acquisition.ts';
import { MOST_OVERSTATED, type Implicit } from './implicit.ts';
import type { Structure, Tissue } from './structure.ts';
import type { Texture } from './texture.ts';

const BLOCK = 8;
/** Columns whose candidates are looked up together. */
const RUN = 64;
/** Half the width over which a surface fades, mm: what the scanner's focus and the voxel's size blur. */
const EDGE_MM = 0.9;
const BLOCK_RADIUS_MM = ((BLOCK - 1) / 2) * PIXEL_SPACING_MM * Math.SQRT2;
/** From farther than this, a block's centre alone decides for the whole block. */
const DECIDED_MM = BLOCK_RADIUS_MM * MOST_OVERSTATED + EDGE_MM;
const AIR_HU = -1000;

interface Part extends Implicit {
  readonly structure: number;
}

/** Samples the anatomy on one slice: HU without noise into `hu` (k-th slice, row by row). */
export type SlicePainter = (k: number, hu: Float32Array) => void;

export function createSlicePainter(structures: readonly Structure[], texture: Texture): SlicePainter {
  const tissues = structures.map(structure => structure.tissue);
  const parts = structures.flatMap((structure, index) =>
    structure.parts.map((part): Part => ({ ...part, structure: index })),
  );
  const [ux, uy, uz] = affineColumn(IJK_TO_LPS, 0);
  const [vx, vy, vz] = affineColumn(IJK_TO_LPS, 1);
  const px = new Float64Array(BLOCK * BLOCK);
  const py = new Float64Array(BLOCK * BLOCK);
  const pz = new Float64Array(BLOCK * BLOCK);
  const value = new Float64Array(BLOCK * BLOCK);
  const nearest = new Float64Array(BLOCK * BLOCK);
  const edgeParts: Part[] = [];

  function placeBlock(ox: number, oy: number, oz: number): void {
    for (let n = 0; n < BLOCK * BLOCK; n++) {
      const i = n % BLOCK;
      const j = (n - i) / BLOCK;
      px[n] = ox + i * ux + j * vx;
      py[n] = oy + i * uy + j * vy;
      pz[n] = oz + i * uz + j * vz;
    }
  }

  function tissueHu(tissue: Tissue, n: number): number {
    if (tissue.textureHu === 0) return tissue.hu;
    const t = texture(px[n]!, py[n]!, pz[n]!, tissue.grain);
    const { speckle } = tissue;
    if (speckle && t > speckle.above) {
      const share = Math.min(1, (t - speckle.above) * 2.5);
      return tissue.hu + (speckle.hu - tissue.hu) * share;
    }
    return tissue.hu + tissue.textureHu * t;
  }

  /** Finds what the block lies in: fills `edgeParts` (top first), returns the structure under them or −1. */
  function classify(candidates: readonly Part[], cx: number, cy: number, cz: number): number {
    edgeParts.length = 0;
    for (let n = candidates.length - 1; n >= 0; n--) {
      const part = candidates[n]!;
      const { minLps, maxLps } = part;
      const r = BLOCK_RADIUS_MM + EDGE_MM;
      if (cx + r < minLps[0] || cx - r > maxLps[0] || cy + r < minLps[1] || cy - r > maxLps[1]) continue;
      if (cz + r < minLps[2] || cz - r > maxLps[2]) continue;
      const d = part.distance(cx, cy, cz);
      if (d > DECIDED_MM) continue;
      if (d < -DECIDED_MM) return part.structure;
      edgeParts.push(part);
    }
    return -1;
  }

  function paintBlock(base: number): void {
    const under = tissues[base];
    for (let n = 0; n < BLOCK * BLOCK; n++) value[n] = under ? tissueHu(under, n) : AIR_HU;
    let e = edgeParts.length - 1;
    while (e >= 0) {
      const { structure } = edgeParts[e]!;
      nearest.fill(Infinity);
      for (; e >= 0 && edgeParts[e]!.structure === structure; e--) {
        const { distance } = edgeParts[e]!;
        for (let n = 0; n < BLOCK * BLOCK; n++) {
          const d = distance(px[n]!, py[n]!, pz[n]!);
          if (d < nearest[n]!) nearest[n] = d;
        }
      }
      const tissue = tissues[structure]!;
      for (let n = 0; n < BLOCK * BLOCK; n++) {
        const share = 0.5 - nearest[n]! / (2 * EDGE_MM);
        if (share <= 0) continue;
        const hu = tissueHu(tissue, n);
        value[n] = share >= 1 ? hu : value[n]! + (hu - value[n]!) * share;
      }
    }
  }

  function paintRun(i0: number, j: number, k: number, candidates: readonly Part[], hu: Float32Array): void {
    for (let i = i0; i < i0 + RUN; i += BLOCK) {
      const [ox, oy, oz] = applyAffine(IJK_TO_LPS, [i, j, k]);
      const half = (BLOCK - 1) / 2;
      const base = classify(candidates, ox + half * (ux + vx), oy + half * (uy + vy), oz + half * (uz + vz));
      if (base >= 0 || edgeParts.length > 0) {
        placeBlock(ox, oy, oz);
        paintBlock(base);
      } else {
        value.fill(AIR_HU);
      }
      for (let row = 0; row < BLOCK; row++) {
        const start = (j + row) * COLUMNS + i;
        for (let column = 0; column < BLOCK; column++) hu[start + column] = value[row * BLOCK + column]!;
      }
    }
  }

  const near = (
    candidates: readonly Part[],
    i: number,
    j: number,
    k: number,
    columns: number,
    rows: number,
  ) => touching(candidates, applyAffine(IJK_TO_LPS, [i, j, k]), [ux, uy, uz], columns, [vx, vy, vz], rows);
  return (k, hu) => {
    const ofSlice = near(parts, 0, 0, k, COLUMNS, ROWS);
    for (let j = 0; j < ROWS; j += BLOCK) {
      const ofRows = near(ofSlice, 0, j, k, COLUMNS, BLOCK);
      for (let i = 0; i < COLUMNS; i += RUN) paintRun(i, j, k, near(ofRows, i, j, k, RUN, BLOCK), hu);
    }
  };
}

/** The parts whose boxes touch the parallelogram that starts at `origin`. */
function touching(
  parts: readonly Part[],
  origin: Vector3,
  u: Vector3,
  us: number,
  v: Vector3,
  vs: number,
): Part[] {
  const extent = (axis: 0 | 1 | 2): [number, number] => {
    const a = u[axis] * us;
    const b = v[axis] * vs;
    return [
      origin[axis] + Math.min(0, a, b, a + b) - EDGE_MM,
      origin[axis] + Math.max(0, a, b, a + b) + EDGE_MM,
    ];
  };
  const [x, y, z] = [extent(0), extent(1), extent(2)];
  return parts.filter(
    ({ minLps, maxLps }) =>
      minLps[0] <= x[1] &&
      maxLps[0] >= x[0] &&
      minLps[1] <= y[1] &&
      maxLps[1] >= y[0] &&
      minLps[2] <= z[1] &&
      maxLps[2] >= z[0],
  );
}

import type { Vector3 } from '../../../domain/affine.ts';
import { blended, capsule, ellipsoid, grown, mirrored, without, type Implicit } from '../implicit.ts';
import type { Structure } from '../structure.ts';
import { smoothPath, tubeParts, type TubePoint } from '../tube.ts';
import { VERTEBRAE, spineCentre } from './spineCurve.ts';
import { TISSUES } from './tissues.ts';
import { SQUARENESS_BEHIND, SQUARENESS_IN_FRONT, fatThicknessMm, trunkOutlineMm } from './trunk.ts';

/** Elliptic disc of the spine between two heights, with the dent of the spinal canal behind. */
function vertebralDrum(z: number, heightMm: number, halfWidthMm: number, halfDepthMm: number): Implicit {
  const [cx, cy] = spineCentre(z);
  const smaller = Math.min(halfWidthMm, halfDepthMm);
  return {
    distance: (x, y, zz) => {
      const u = (x - cx) / halfWidthMm;
      const v = (y - cy) / halfDepthMm;
      const waist = 1.6 * Math.cos(Math.min(1, (2 * Math.abs(zz - z)) / heightMm) * Math.PI * 0.5);
      const ring = (Math.sqrt(u * u + v * v) - 1) * smaller + waist;
      const canal = 11 - Math.hypot(x - cx, y - cy - halfDepthMm - 9);
      const lid = Math.abs(zz - z) - heightMm / 2;
      return Math.max(ring, canal, lid);
    },
    minLps: [cx - halfWidthMm, cy - halfDepthMm, z - heightMm / 2],
    maxLps: [cx + halfWidthMm, cy + halfDepthMm, z + heightMm / 2],
  };
}

function vertebra(z: number, heightMm: number, lumbar: boolean): { body: Implicit; arch: Implicit[] } {
  const [cx, cy] = spineCentre(z);
  const [w, d] = lumbar ? [24, 17] : [17.5, 15];
  const back = cy + d;
  const at = (x: number, y: number, dz: number): Vector3 => [cx + x, back + y, z + dz];
  const half = [
    capsule(at(w * 0.55, -4, 5), at(w * 0.62, 9, 5), 5, 4.4), // pedicle
    capsule(at(w * 0.62, 10, 4), at(2, 22, -3), 4.2, 3.6), // lamina
    capsule(at(w * 0.65, 10, 3), at(lumbar ? 44 : 32, 14, lumbar ? 4 : 8), 4.2, 2.8), // transverse process
    capsule(at(w * 0.68, 13, -4), at(w * 0.72, 15, -15), 5, 4.6), // joints
  ];
  const spinous = lumbar
    ? [capsule(at(0, 22, -3), at(0, 44, -8), 3.4, 3.8), capsule(at(0, 30, -10), at(0, 42, -12), 3, 3.2)]
    : [capsule(at(0, 22, -4), at(0, 38, -20), 3.4, 3)];
  return {
    body: vertebralDrum(z, heightMm, w, d),
    arch: [...half, ...half.map(part => mirroredAbout(part, cx)), ...spinous],
  };
}

function mirroredAbout(part: Implicit, cx: number): Implicit {
  const { distance, minLps, maxLps } = part;
  return {
    distance: (x, y, z) => distance(2 * cx - x, y, z),
    minLps: [2 * cx - maxLps[0], minLps[1], minLps[2]],
    maxLps: [2 * cx - minLps[0], maxLps[1], maxLps[2]],
  };
}

/** Where the chest wall's bones run: `turn` 0 behind, π in front, on the left. */
function chestWall(turn: number, z: number, depthMm: number): Vector3 {
  const outline = trunkOutlineMm(z);
  const [s, c] = [Math.sin(turn), Math.cos(turn)];
  // The outline lies between an ellipse and a squircle; walk out along the ray to it.
  const round = 1;
  const square = Math.sqrt(Math.sqrt(s ** 4 + c ** 4));
  const r = 1 / (round + (c > 0 ? SQUARENESS_BEHIND : SQUARENESS_IN_FRONT) * (square - round));
  const inset = fatThicknessMm(s * r, c * r, z) + depthMm;
  return [(outline.halfWidth * r - inset) * s, outline.centreY + (outline.halfDepth * r - inset) * c, z];
}

function rib(index: number, z: number): { bone: TubePoint[]; cartilage: TubePoint[] } {
  const [cx, cy] = spineCentre(z);
  const lengthShare = [0.74, 0.74, 0.73, 0.71, 0.66, 0.5, 0.34][index] ?? 0.7;
  const drop = 128 - index * 6;
  const radius = index < 5 ? 5.2 : 4.4;
  const points: TubePoint[] = [
    [cx + 17, cy + 12, z + 9, 4.6],
    [cx + 36, cy + 27, z + 5, 4.4],
  ];
  for (let share = 0.22; share <= lengthShare + 1e-6; share += 0.06) {
    const at = chestWall(share * Math.PI, z - drop * share * (0.6 + 0.5 * share), 11);
    points.push([at[0], at[1], at[2], radius]);
  }
  const end = points.at(-1);
  const cartilage: TubePoint[] = [];
  if (end && index < 5) {
    const lift = 12 + 9 * index;
    cartilage.push([end[0], end[1], end[2], 5]);
    for (const share of [lengthShare + 0.08, lengthShare + 0.16, 0.95]) {
      const t = (share - lengthShare) / (0.95 - lengthShare);
      const at = chestWall(share * Math.PI, end[2] + lift * t * t, 9);
      cartilage.push([at[0], at[1], Math.max(at[2], 120), 5]);
    }
  }
  return { bone: smoothPath(points, 13), cartilage: smoothPath(cartilage, 12) };
}

/** The wing of the left ilium: a curved plate, thick at its rims. */
function iliacWing(): Implicit {
  return {
    distance: (x, y, z) => {
      const t = 0.61 * x - 0.79 * y - 38; // along the plate, from the sacrum to the front
      const fan = t / 74;
      const flare = 0.3 * (z + 80);
      const bow = 9 * (1 - fan * fan);
      const off = 0.79 * x + 0.61 * y - 78 - flare - bow;
      const rise = (z + 92 + 0.12 * t) / 60;
      const rim = Math.sqrt(fan * fan + rise * rise);
      const thickness = 4.2 + 4.5 * Math.min(1.2, rim * rim) + (rise < -0.3 ? 4 * (-rise - 0.3) : 0);
      return Math.max(Math.abs(off) / 1.1 - thickness, (rim - 1) * 52);
    },
    minLps: [20, -70, -158],
    maxLps: [152, 100, -28],
  };
}

function hipBone(): Implicit[] {
  const head: Vector3 = [88, 2, -176];
  const cup = without(ellipsoid([84, 4, -172], [37, 34, 36]), ellipsoid(head, [27, 27, 27]).distance, 2);
  const socket = without(cup, (x, _y, z) => (86 - x + (z + 176) * 0.45) / 1.1 - 14, 2);
  return [
    blended(9, iliacWing(), socket),
    blended(
      6,
      capsule([68, -22, -182], [36, -50, -190], 9, 8),
      capsule([36, -50, -190], [9, -56, -202], 8, 11),
    ),
    blended(
      6,
      capsule([80, 32, -184], [62, 42, -226], 14, 13),
      capsule([9, -56, -206], [36, -30, -238], 8, 7),
    ),
  ];
}

function femur(): Implicit[] {
  return [
    ellipsoid([88, 2, -176], [23.5, 23.5, 23.5]),
    blended(12, capsule([94, 4, -180], [128, 16, -202], 14, 16), ellipsoid([138, 24, -206], [18, 22, 24])),
    capsule([134, 14, -215], [122, 8, -290], 16, 15),
  ];
}

function sacrum(): Implicit {
  const solid = blended(
    10,
    ellipsoid([0, 56, -98], [26, 18, 17], [-35, 0, 0]),
    ellipsoid([0, 70, -104], [56, 13, 19], [-35, 0, 0]),
    ellipsoid([0, 83, -128], [43, 10, 20], [-25, 0, 0]),
    ellipsoid([0, 91, -152], [27, 8, 18], [-5, 0, 0]),
    ellipsoid([0, 88, -178], [13, 6, 16], [15, 0, 0]),
  );
  const holes = [-106, -124, -142].map(z => capsule([20, 50, z], [22, 104, z - 8], 4, 4));
  return [...holes, ...holes.map(mirrored)].reduce((rest, hole) => without(rest, hole.distance, 2), solid);
}

const both = (parts: readonly Implicit[]): Implicit[] => [...parts, ...parts.map(mirrored)];

/** Bones from the outside in: compact shell, then marrow. */
export function skeleton(): Structure[] {
  const vertebrae = VERTEBRAE.map(([name, z, height]) => vertebra(z, height, name.startsWith('L')));
  const ribs = VERTEBRAE.slice(0, 7).map(([, z], i) => rib(i, z));
  const bodies = vertebrae.map(v => v.body);
  const arches = vertebrae.flatMap(v => v.arch);
  const hips = both(hipBone());
  const femora = both(femur());
  const sacral = sacrum();
  const column: TubePoint[] = [];
  const canal: TubePoint[] = [];
  for (let z = 290; z >= -90; z -= 12) {
    const [cx, cy] = spineCentre(z);
    const lumbar = z < 88;
    column.push([cx, cy, z, lumbar ? 17 : 14.5]);
    canal.push([cx, cy + (lumbar ? 26 : 24), z, 9]);
  }
  canal.push([0, 80, -112, 8], [0, 93, -140, 4]);
  const discs = VERTEBRAE.slice(4).map(([name, z, height]) =>
    vertebralDrum(z - height / 2 - 5, 14, name.startsWith('L') ? 22.5 : 17, name.startsWith('L') ? 16 : 14),
  );
  const cartilage = both(ribs.flatMap(r => tubeParts(r.cartilage)));
  const ribBones = both(ribs.flatMap(r => tubeParts(r.bone)));
  const ribMarrow = both(ribs.flatMap(r => tubeParts(r.bone, -1.6)));
  const sternum = ellipsoid([0, -92, 212], [19, 7, 72], [3, 0, 0]);
  const shells = [...bodies, ...arches];
  return [
    { name: 'costal cartilage', parts: cartilage, tissue: TISSUES.cartilage },
    { name: 'ribs', parts: ribBones, tissue: TISSUES.cortex },
    { name: 'rib marrow', partOf: 'ribs', parts: ribMarrow, tissue: TISSUES.marrow },
    { name: 'sternum', parts: [sternum], tissue: TISSUES.thinCortex },
    { name: 'sternal marrow', partOf: 'sternum', parts: [grown(sternum, -1.6)], tissue: TISSUES.marrow },
    { name: 'discs', parts: discs, tissue: TISSUES.disc },
    { name: 'vertebrae', parts: shells, tissue: TISSUES.thinCortex },
    {
      name: 'vertebral marrow',
      partOf: 'vertebrae',
      parts: shells.map(s => grown(s, -1.3)),
      tissue: TISSUES.marrow,
    },
    { name: 'sacrum', parts: [sacral], tissue: TISSUES.thinCortex },
    { name: 'sacral marrow', partOf: 'sacrum', parts: [grown(sacral, -1.5)], tissue: TISSUES.pelvicMarrow },
    { name: 'hip bones', parts: hips, tissue: TISSUES.cortex },
    {
      name: 'hip marrow',
      partOf: 'hip bones',
      parts: hips.map(h => grown(h, -2)),
      tissue: TISSUES.pelvicMarrow,
    },
    { name: 'femora', parts: femora, tissue: TISSUES.cortex },
    {
      name: 'femoral marrow',
      partOf: 'femora',
      parts: femora.map(f => grown(f, -2.2)),
      tissue: TISSUES.marrow,
    },
    { name: 'spinal canal', parts: tubeParts(smoothPath(canal, 10)), tissue: TISSUES.spinalCanal },
    {
      name: 'spinal cord',
      parts: tubeParts(
        smoothPath(
          canal.filter(p => p[2] > 70),
          10,
        ),
        -4,
      ),
      tissue: TISSUES.cord,
    },
  ];
}

import { softMin, type Distance, type Implicit } from '../implicit.ts';

/** Outline of the trunk by height: z, half width, half depth, y of the centre (mm). */
const OUTLINE: readonly (readonly [number, number, number, number])[] = [
  [-280, 176, 112, 19],
  [-215, 180, 114, 18],
  [-150, 176, 117, 16],
  [-90, 163, 116, 11],
  [-30, 150, 114, 7],
  [20, 149, 116, 5],
  [80, 154, 119, 5],
  [150, 159, 118, 7],
  [220, 157, 114, 9],
  [280, 155, 111, 10],
];

/** Layers of the trunk's wall by height: z, subcutaneous fat, extra fat behind, wall at the side, in front, behind (mm). */
const WALL: readonly (readonly [number, number, number, number, number, number])[] = [
  [-280, 20, 14, 112, 14, 50],
  [-215, 20, 14, 98, 14, 45],
  [-160, 19, 15, 80, 12, 40],
  [-110, 17, 14, 52, 11, 38],
  [-70, 15, 11, 30, 10, 38],
  [-30, 14, 8, 19, 9, 36],
  [60, 13, 4, 17, 9, 30],
  [130, 11, 2, 19, 11, 24],
  [280, 10, 2, 20, 13, 24],
];

/** How far the outline goes from an ellipse (0) to a squircle (1). */
export const SQUARENESS_BEHIND = 0.6;
export const SQUARENESS_IN_FRONT = 0.35;

const MIN_Z = -280;
const MAX_Z = 280;

/** Column `column` of a table by whole mm of z, smoothed so that no kink shows in sagittal and coronal planes. */
function byHeight(table: readonly (readonly number[])[], column: number): Float64Array {
  const raw = new Float64Array(MAX_Z - MIN_Z + 1);
  for (let i = 0; i < raw.length; i++) {
    const z = MIN_Z + i;
    const upper = table.findIndex(row => (row[0] ?? 0) >= z);
    const [a, b] = [table[Math.max(0, upper - 1)], table[upper]];
    if (!a || !b) throw new RangeError(`z ${z} is not in the table`);
    const [za, zb] = [a[0] ?? 0, b[0] ?? 0];
    const t = zb > za ? (z - za) / (zb - za) : 0;
    raw[i] = (a[column] ?? 0) * (1 - t) + (b[column] ?? 0) * t;
  }
  const REACH = 18;
  return raw.map((_, i) => {
    let sum = 0;
    for (let o = -REACH; o <= REACH; o++) sum += raw[Math.min(raw.length - 1, Math.max(0, i + o))]!;
    return sum / (2 * REACH + 1);
  });
}

const halfWidth = byHeight(OUTLINE, 1);
const halfDepth = byHeight(OUTLINE, 2);
const centreY = byHeight(OUTLINE, 3);
const fatMm = byHeight(WALL, 1);
const fatBehindMm = byHeight(WALL, 2);
const wallSideMm = byHeight(WALL, 3);
const wallFrontMm = byHeight(WALL, 4);
const wallBehindMm = byHeight(WALL, 5);

function heightIndex(z: number): number {
  const i = Math.round(z) - MIN_Z;
  return i < 0 ? 0 : i > MAX_Z - MIN_Z ? MAX_Z - MIN_Z : i;
}

export function trunkOutlineMm(z: number): { halfWidth: number; halfDepth: number; centreY: number } {
  const i = heightIndex(z);
  return { halfWidth: halfWidth[i]!, halfDepth: halfDepth[i]!, centreY: centreY[i]! };
}

/** Thickness of skin and fat over the muscles where the outline has the given normalised position. */
export function fatThicknessMm(xn: number, yn: number, z: number): number {
  const i = heightIndex(z);
  const back = yn > 0 ? yn : 0;
  const front = yn < 0 ? -yn : 0;
  return fatMm[i]! + fatBehindMm[i]! * back * back * (0.4 + 0.6 * Math.abs(xn)) + 3 * front * front;
}

function wallThicknessMm(xn: number, yn: number, z: number): number {
  const i = heightIndex(z);
  const norm = 1 / Math.max(1e-6, xn * xn + yn * yn);
  const side = xn * xn * norm;
  const other = yn > 0 ? wallBehindMm[i]! : wallFrontMm[i]!;
  return wallSideMm[i]! * side + other * (1 - side);
}

/** The layers of the wall ask for the same point one after the other. */
const asked = { x: NaN, y: NaN, z: NaN, distanceMm: NaN };

/** Distance to the skin's surface: an oval between ellipse and squircle, flatter behind (lying on the table). */
export const skinDistance: Distance = (x, y, z) => {
  if (x !== asked.x || y !== asked.y || z !== asked.z) {
    asked.x = x;
    asked.y = y;
    asked.z = z;
    asked.distanceMm = ovalDistance(x, y, z);
  }
  return asked.distanceMm;
};

const ovalDistance: Distance = (x, y, z) => {
  const i = heightIndex(z);
  const a = halfWidth[i]!;
  const b = halfDepth[i]!;
  const xn = x / a;
  const yn = (y - centreY[i]!) / b;
  const x2 = xn * xn;
  const y2 = yn * yn;
  const round = Math.sqrt(x2 + y2);
  const square = Math.sqrt(Math.sqrt(x2 * x2 + y2 * y2));
  const squareness = yn > 0 ? SQUARENESS_BEHIND : SQUARENESS_IN_FRONT;
  const r = round + squareness * (square - round);
  if (round < 0.1) return -0.9 * b;
  const slope = Math.sqrt((xn / a) * (xn / a) + (yn / b) * (yn / b)) / round;
  return (r - 1) / slope;
};

/** Distance to the outer surface of the muscles (or of the fat planes between them). */
export const fasciaDistance: Distance = (x, y, z) => {
  const i = heightIndex(z);
  return skinDistance(x, y, z) + fatThicknessMm(x / halfWidth[i]!, (y - centreY[i]!) / halfDepth[i]!, z);
};

/** Distance to the lining of the cavity of chest, abdomen and pelvis. */
export const cavityDistance: Distance = (x, y, z) => {
  const i = heightIndex(z);
  const xn = x / halfWidth[i]!;
  const yn = (y - centreY[i]!) / halfDepth[i]!;
  return skinDistance(x, y, z) + fatThicknessMm(xn, yn, z) + wallThicknessMm(xn, yn, z);
};

/** How deep in the muscular wall: 0 at the fascia, 1 at the cavity's lining. */
export function wallDepthShare(x: number, y: number, z: number): number {
  const outer = fasciaDistance(x, y, z);
  const inner = cavityDistance(x, y, z);
  return -outer / Math.max(1, inner - outer);
}

/** Height of the diaphragm over a point: two domes, the right one higher, falling off to the recesses. */
export function diaphragmZ(x: number, y: number): number {
  const rx = (x + 66) / 78;
  const ry = (y + 8) / 92;
  const lx = (x - 68) / 74;
  const ly = (y + 2) / 90;
  const right = 152 - 62 * (rx * rx + ry * ry * (y > -8 ? 1.25 : 0.55));
  const left = 138 - 62 * (lx * lx + ly * ly * (y > -2 ? 1.25 : 0.55));
  const saddle = 126 - 40 * ((y + 20) / 80) * ((y + 20) / 80) - 46 * (x / 70) * (x / 70);
  const domes = -softMin(-right, -left, 24);
  return Math.max(20, -softMin(-domes, -saddle, 24));
}

/** Distance to the space below the diaphragm. The domes are steep at their edges, hence the scale. */
export const belowDiaphragm: Distance = (x, y, z) => (z - diaphragmZ(x, y)) * 0.55;

/** A solid of the whole trunk, from a distance that is negative only inside the skin. */
export function trunkSolid(distance: Distance, minZ = -300, maxZ = 300): Implicit {
  return { distance, minLps: [-195, -125, minZ], maxLps: [195, 140, maxZ] };
}

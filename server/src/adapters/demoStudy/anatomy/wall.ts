import { capsule, ellipsoid, grown, mirrored, within, type Implicit } from '../implicit.ts';
import type { Structure } from '../structure.ts';
import { tube, type TubePoint } from '../tube.ts';
import { spineCentre } from './spineCurve.ts';
import { TISSUES } from './tissues.ts';
import { cavityDistance, fasciaDistance, skinDistance, trunkSolid, wallDepthShare } from './trunk.ts';

const both = (parts: readonly Implicit[]): Implicit[] => [...parts, ...parts.map(mirrored)];

/** A muscle that follows the spine at a fixed offset; grows and shrinks with height. */
function alongSpine(
  offsets: readonly (readonly [number, number, number, number])[],
  step: number,
): Implicit[] {
  const points = offsets.map(([x, y, z, r]): TubePoint => [x, spineCentre(z)[1] + y, z, r]);
  return tube(points, step);
}

/** Fat planes between the sheets of muscle of belly and chest, and the midline in front. */
function musclePlanes(): Implicit {
  return trunkSolid(
    (x, y, z) => {
      const outside = fasciaDistance(x, y, z);
      if (outside > 2) return outside;
      const share = wallDepthShare(x, y, z);
      if (share > 1.6) return 8;
      const thickness = -outside / Math.max(0.05, share);
      const belly = sheets(share, thickness, 0.36, 0.7) + Math.max(0, 62 - Math.abs(x)) * 0.4;
      const midline = y < -40 ? Math.abs(x) - 3.5 : 9;
      const bellyPart = Math.max(Math.min(belly, midline) * 0.7, (-58 - z) * 0.5, (z - 118) * 0.5);
      // Over the ribs: the broad back muscle and the serratus, apart from the muscles between the ribs.
      const sway = 0.06 * Math.sin(x / 17) + 0.05 * Math.sin(z / 13);
      const chest = sheets(share, thickness, 0.28 + sway, 0.93) + Math.max(0, 40 - Math.abs(x)) * 0.4;
      const chestPart = Math.max(chest * 0.7, (116 - z) * 0.5);
      return Math.max(Math.min(bellyPart, chestPart), outside);
    },
    -75,
    300,
  );
}

/** Distance to two thin sheets at given shares of the wall's depth. */
function sheets(share: number, thicknessMm: number, outer: number, inner: number): number {
  return Math.min(Math.abs(share - outer), Math.abs(share - inner)) * thicknessMm - 0.8;
}

/** Table, skin, fat, and the muscles of wall, back, hip and loin. */
export function wall(): Structure[] {
  const tableTop = (x: number): number => 131 - 0.001 * x * x;
  const table = (thicknessMm: number): Implicit => ({
    distance: (x, y) =>
      Math.max(Math.abs(y - tableTop(x) - 14) - thicknessMm, Math.abs(x) - 196 - thicknessMm) * 0.8,
    minLps: [-215, 80, -300],
    maxLps: [215, 180, 300],
  });
  const muscleRing = trunkSolid((x, y, z) => Math.max(fasciaDistance(x, y, z), -cavityDistance(x, y, z) - 1));
  const erector = alongSpine(
    [
      [30, 50, 290, 17],
      [31, 48, 180, 18],
      [33, 46, 80, 21],
      [35, 45, -10, 24],
      [33, 44, -60, 21],
      [26, 40, -105, 12],
      [16, 34, -135, 6],
    ],
    14,
  );
  const lumbarTrough = alongSpine(
    [
      [16, 40, 40, 11],
      [17, 38, -30, 13],
      [17, 36, -80, 12],
    ],
    16,
  );
  const psoas = tube(
    [
      [28, 46, 85, 7],
      [36, 44, 40, 14],
      [44, 40, -10, 19],
      [53, 31, -60, 22],
      [66, 8, -110, 20],
      [80, -22, -155, 18],
      [88, -34, -190, 17],
      [98, -22, -235, 15],
    ],
    13,
  );
  const quadratus = tube(
    [
      [52, 68, 85, 8],
      [64, 66, 40, 13],
      [72, 62, -5, 15],
      [80, 58, -42, 12],
    ],
    14,
  );
  const crura = tube(
    [
      [16, 26, 112, 4],
      [17, 20, 85, 6],
      [16, 18, 50, 5],
      [12, 20, 20, 3],
    ],
    12,
  );
  const iliacus = [ellipsoid([86, 6, -92], [15, 52, 46], [0, -14, 38])];
  const gluteusMedius = [ellipsoid([134, 12, -112], [16, 62, 56], [0, -10, 30])];
  const gluteusMinimus = [ellipsoid([122, 4, -140], [11, 42, 36], [0, -10, 24])];
  const gluteusMaximus = [ellipsoid([82, 92, -172], [66, 21, 66], [0, 16, -24])];
  const thigh = [
    ellipsoid([150, -22, -190], [15, 24, 70], [0, 0, 20]), // tensor
    ellipsoid([112, -62, -205], [22, 15, 75]), // rectus femoris
    ellipsoid([74, -62, -222], [20, 16, 40]), // pectineus
    ellipsoid([58, 12, -182], [7, 38, 30], [0, 0, -4]), // obturator internus
    capsule([22, 84, -140], [112, 60, -178], 13, 8), // piriformis
    ellipsoid([44, 20, -218], [26, 30, 30]), // obturator externus, adductors
    ellipsoid([92, 56, -215], [24, 18, 40]),
  ];
  const rectus = [ellipsoid([34, -92, -20], [29, 8.5, 190])];
  const pelvic = [...gluteusMaximus, ...gluteusMedius, ...gluteusMinimus, ...thigh];
  const deepFat = [
    ellipsoid([34, 62, -208], [26, 34, 34], [0, 0, 20]), // beside the rectum
    ellipsoid([66, -84, -186], [26, 20, 52]), // femoral triangle
    ellipsoid([112, 70, -150], [16, 8, 40], [0, 0, -30]), // under the great gluteal muscle
    ellipsoid([146, 40, -180], [8, 30, 46], [0, 0, 20]),
  ];
  const inWall = (parts: readonly Implicit[]): Implicit[] =>
    both(parts).map(part => within(part, (x, y, z) => fasciaDistance(x, y, z) + 0.5));
  const name = (label: string, parts: readonly Implicit[]): Structure => ({
    name: label,
    parts,
    tissue: TISSUES.muscle,
  });
  const back = [...erector, ...lumbarTrough];
  const sheaths = inWall([
    ...deepFat,
    ...pelvic.map(part => grown(part, 2.2)),
    ...iliacus.map(part => grown(part, 2)),
    ...back.map(part => grown(part, 1.5)),
  ]);
  return [
    { name: 'table', parts: [table(14)], tissue: TISSUES.tableShell },
    { name: 'table foam', parts: [table(12)], tissue: TISSUES.tableFoam },
    { name: 'skin', parts: [trunkSolid(skinDistance)], tissue: TISSUES.skin },
    { name: 'fat', parts: [trunkSolid((x, y, z) => skinDistance(x, y, z) + 1.8)], tissue: TISSUES.fat },
    name('abdominal wall', [muscleRing]),
    { name: 'muscle planes', parts: [musclePlanes()], tissue: TISSUES.fat },
    { name: 'muscle sheaths', parts: sheaths, tissue: TISSUES.fat },
    name('rectus abdominis', inWall(rectus)),
    name('gluteus maximus', inWall(gluteusMaximus)),
    name('gluteus medius', inWall(gluteusMedius)),
    name('gluteus minimus', inWall(gluteusMinimus)),
    name('hip and thigh muscles', inWall(thigh)),
    { name: 'erector spinae', parts: inWall(back), tissue: TISSUES.backMuscle },
    name('quadratus lumborum', both(quadratus)),
    { name: 'visceral fat', parts: [trunkSolid(cavityDistance)], tissue: TISSUES.visceralFat },
    name('iliacus', both(iliacus)),
    name('psoas', both(psoas)),
    name('diaphragm crura', both(crura)),
  ];
}

import { ellipsoid, grown, within, type Implicit } from '../implicit.ts';
import { seededRandom } from '../random.ts';
import type { Structure } from '../structure.ts';
import { beaded, smoothPath, tubeParts, type TubePoint } from '../tube.ts';
import { TISSUES } from './tissues.ts';
import { cavityDistance } from './trunk.ts';

const COLON: readonly TubePoint[] = [
  [-84, -14, -82, 20],
  [-94, 2, -62, 25],
  [-100, 12, -32, 23],
  [-100, 14, -6, 21],
  [-92, -14, 4, 20],
  [-78, -52, 0, 20],
  [-50, -72, -6, 20],
  [-8, -76, -16, 19],
  [34, -74, -4, 18],
  [72, -60, 26, 18],
  [100, -26, 60, 18],
  [110, 4, 66, 18],
  [112, 24, 40, 17],
  [111, 28, 0, 16],
  [108, 20, -46, 15],
  [96, 0, -82, 15],
  [76, -18, -108, 15],
  [46, -22, -124, 16],
  [20, -6, -112, 17],
  [-10, 18, -112, 17],
  [-6, 48, -122, 17],
  [0, 64, -148, 19],
  [0, 66, -182, 20],
  [0, 60, -214, 13],
  [0, 62, -245, 10],
];

/** Loops of small bowel, row by row through the middle and lower belly, each its own wavering run. */
function smallBowelPaths(): TubePoint[][] {
  const random = seededRandom(37);
  const rows = [
    { y: -58, z: -40, half: 64 },
    { y: -60, z: -66, half: 66 },
    { y: -54, z: -92, half: 62 },
    { y: -48, z: -118, half: 50 },
    { y: -30, z: -30, half: 66 },
    { y: -32, z: -56, half: 72 },
    { y: -28, z: -82, half: 62 },
    { y: -20, z: -106, half: 44 },
    { y: -34, z: 22, half: 40, x: 62 },
    { y: -30, z: -4, half: 44, x: 52 },
    { y: -8, z: -58, half: 30, x: -46 },
    { y: -4, z: -30, half: 24, x: 76 },
    { y: -50, z: -142, half: 40 },
    { y: -24, z: -132, half: 44, x: -14 },
  ];
  return rows.map(({ y, z, half, x = 0 }, row) => {
    const phase = random() * 6.28;
    const points: TubePoint[] = [];
    for (let along = -half; along <= half; along += 11) {
      const swing = along / 11 + phase;
      points.push([
        x + along,
        y + 8 * Math.sin(swing * 0.9) + 5 * (random() - 0.5),
        z + 9 * Math.sin(swing * 1.15 + row) + 5 * (random() - 0.5),
        10.6 + 2.4 * Math.sin(swing * 0.8) + random(),
      ]);
    }
    return points;
  });
}

function keepInside(parts: readonly Implicit[]): Implicit[] {
  return parts.map(part => within(part, (x, y, z) => cavityDistance(x, y, z) + 1));
}

/** Colon with stool and gas, small bowel with fluid and gas, bladder, prostate and seminal vesicles. */
export function bowelAndPelvis(): Structure[] {
  const colon = beaded(smoothPath(COLON, 7), 0.13, 27);
  const colonLumen = tubeParts(colon, -2.6);
  const loops = smallBowelPaths();
  const walls = keepInside(loops.flatMap(path => tubeParts(smoothPath(path, 9))));
  const lumen = keepInside(loops.flatMap(path => tubeParts(smoothPath(path, 9), -2.6)));
  // Gas collects where a loop comes closest to the front.
  const gas = loops.flatMap((path, i) =>
    i % 3 === 0 ? [] : tubeParts(smoothPath(path, 9).slice(4, 12), -3.4).map(p => above(p, 1)),
  );
  const bladder = ellipsoid([2, -28, -172], [40, 30, 30], [-14, 0, 0]);
  const prostate = ellipsoid([0, -6, -212], [24, 18, 18]);
  return [
    { name: 'small bowel', parts: walls, tissue: TISSUES.bowelWall },
    { name: 'small bowel fluid', partOf: 'small bowel', parts: lumen, tissue: TISSUES.bowelFluid },
    { name: 'small bowel gas', partOf: 'small bowel', parts: gas, tissue: TISSUES.gas },
    { name: 'colon', parts: keepInside(tubeParts(colon)), tissue: TISSUES.bowelWall },
    { name: 'stool', partOf: 'colon', parts: keepInside(colonLumen), tissue: TISSUES.stool },
    { name: 'colon gas', partOf: 'colon', parts: bubbles(colonLumen), tissue: TISSUES.gas },
    {
      name: 'seminal vesicles',
      parts: [
        ellipsoid([16, 26, -186], [18, 7, 8], [0, -12, 10]),
        ellipsoid([-16, 26, -186], [18, 7, 8], [0, 12, -10]),
      ],
      tissue: TISSUES.muscle,
    },
    { name: 'prostate', parts: [prostate], tissue: TISSUES.uterus },
    { name: 'bladder', parts: [grown(bladder, 3)], tissue: TISSUES.bladderWall },
    { name: 'urine', partOf: 'bladder', parts: [bladder], tissue: TISSUES.urine },
  ];
}

/** The part of a lumen that lies before its own middle (plus `mm`), where gas floats in a patient on the back. */
function above(solid: Implicit, mm: number): Implicit {
  const level = (solid.minLps[1] + solid.maxLps[1]) / 2 - mm;
  return within(solid, (_x, y) => y - level);
}

/** Gas in every other stretch of a lumen, each stretch with one level surface. */
function bubbles(lumen: readonly Implicit[]): Implicit[] {
  const STRETCH = 9;
  const GAP = 5;
  const found: Implicit[] = [];
  for (let start = 0; start < lumen.length; start += STRETCH + GAP) {
    const stretch = lumen.slice(start, start + STRETCH);
    const middles = stretch.map(p => (p.minLps[1] + p.maxLps[1]) / 2);
    const level = middles.reduce((sum, y) => sum + y, 0) / middles.length - 3;
    found.push(...stretch.map(p => within(p, (_x, y) => y - level)));
  }
  return found;
}

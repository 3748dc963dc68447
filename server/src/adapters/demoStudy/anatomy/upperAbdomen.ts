import { blended, ellipsoid, wavy, within, without, type Implicit } from '../implicit.ts';
import type { Structure } from '../structure.ts';
import { smoothPath, tubeParts, type TubePoint } from '../tube.ts';
import { TISSUES } from './tissues.ts';
import { belowDiaphragm, cavityDistance } from './trunk.ts';

/** Below this y (LPS, mm; smaller is further to the front) gas does not rise: the fluid level. */
function gasAbove(levelY: number, solids: readonly Implicit[]): Implicit[] {
  return solids.map(solid => within(solid, (_x, y) => y - levelY));
}

const STOMACH: readonly TubePoint[] = [
  [52, 10, 122, 28],
  [58, -4, 110, 31],
  [60, -24, 90, 28],
  [50, -46, 70, 24],
  [28, -60, 54, 20],
  [4, -60, 50, 17],
  [-20, -52, 54, 11],
];

const DUODENUM: readonly TubePoint[] = [
  [-24, -50, 54, 10],
  [-44, -34, 46, 12],
  [-52, -10, 30, 12],
  [-50, 2, 6, 12],
  [-30, -4, -12, 12],
  [0, -10, -12, 11],
  [26, -14, 2, 11],
  [36, -26, 22, 12],
];

const PANCREAS: readonly TubePoint[] = [
  [-30, -10, 20, 11],
  [-28, -18, 36, 14],
  [-16, -26, 50, 12],
  [4, -32, 60, 9.5],
  [30, -20, 68, 11],
  [58, 6, 76, 11],
  [84, 22, 84, 8],
];

const spleenSolid = wavy(
  within(
    without(
      without(
        ellipsoid([97, 36, 94], [48, 62, 64], [22, 0, 24]),
        ellipsoid([44, -8, 108], [37, 44, 52]).distance,
        10,
      ),
      ellipsoid([69, 42, 52], [31, 30, 56], [-10, 13, -28]).distance,
      8,
    ),
    (x, y, z) => Math.max(cavityDistance(x, y, z) + 3, belowDiaphragm(x, y, z) + 2.5),
    6,
  ),
  1.2,
  38,
  2.1,
);

/** Spleen, stomach, duodenum, pancreas. */
export function upperAbdomen(): Structure[] {
  const stomachPath = smoothPath(STOMACH, 14);
  const below = (x: number, y: number, z: number): number => belowDiaphragm(x, y, z) + 2;
  const stomach = within(wavy(blended(20, ...tubeParts(stomachPath)), 1.2, 30), below, 4);
  const lumen = within(wavy(blended(20, ...tubeParts(stomachPath, -4.2)), 0.9, 30, 1), below, 4);
  const duodenum = tubeParts(smoothPath(DUODENUM, 10));
  const duodenalLumen = tubeParts(smoothPath(DUODENUM, 10), -3.2);
  const pancreas = wavy(blended(8, ...tubeParts(smoothPath(PANCREAS, 12))), 1.5, 13);
  return [
    { name: 'pancreas', parts: [pancreas], tissue: TISSUES.pancreas },
    { name: 'spleen', parts: [spleenSolid], tissue: TISSUES.spleen },
    { name: 'stomach', parts: [stomach], tissue: TISSUES.stomachWall },
    { name: 'stomach content', partOf: 'stomach', parts: [lumen], tissue: TISSUES.stomachContent },
    { name: 'stomach gas', partOf: 'stomach', parts: gasAbove(-54, [lumen]), tissue: TISSUES.gas },
    { name: 'duodenum', parts: duodenum, tissue: TISSUES.bowelWall },
    { name: 'duodenal fluid', partOf: 'duodenum', parts: duodenalLumen, tissue: TISSUES.bowelFluid },
    { name: 'duodenal gas', partOf: 'duodenum', parts: gasAbove(-36, duodenalLumen), tissue: TISSUES.gas },
  ];
}

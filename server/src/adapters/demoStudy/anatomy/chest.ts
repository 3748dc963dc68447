import { ellipsoid, wavy, within, type Distance, type Implicit } from '../implicit.ts';
import { seededRandom } from '../random.ts';
import type { Structure } from '../structure.ts';
import { tube } from '../tube.ts';
import { vesselTree } from '../vesselTree.ts';
import { TISSUES } from './tissues.ts';
import { belowDiaphragm, cavityDistance, trunkSolid } from './trunk.ts';

const heartOuter = wavy(ellipsoid([22, -34, 190], [64, 50, 52], [0, 20, -25]), 2, 50);

/** Fat and vessels between the lungs: a column before the spine that widens around the heart. */
const mediastinum: Distance = (x, y, z) => {
  const column = Math.hypot((x - 4) / 30, (y - 28) / 40) * 30 - 30;
  const front = Math.max(Math.hypot(x - 8, y + 84) - 22, 128 - z);
  return Math.min(column, front, heartOuter.distance(x, y, z) - 5);
};

const lungDistance: Distance = (x, y, z) =>
  Math.max(cavityDistance(x, y, z) + 2, -belowDiaphragm(x, y, z) + 1.5, -mediastinum(x, y, z));

/** What the lungs' lower lobes hold: used to keep vessels and nodules inside. */
export const lungSolid: Implicit = trunkSolid(lungDistance, 15, 300);

/** Diaphragm, lung bases with vessels, heart, oesophagus. */
export function chest(): Structure[] {
  const random = seededRandom(11);
  const tree = (x: number, y: number, z: number, dx: number, dy: number, dz: number, r: number): Implicit[] =>
    vesselTree({
      root: [x, y, z],
      directionLps: [dx, dy, dz],
      radiusMm: r,
      lengthMm: 36,
      generations: 6,
      inside: lungDistance,
      marginMm: 1,
      random,
    });
  const vessels = [-1, 1].flatMap(side => [
    ...tree(side * 52, 34, 236, side * 0.5, 0.3, -1, 4.6),
    ...tree(side * 52, 30, 225, side * 1, 0.5, -0.5, 3.8),
    ...tree(side * 64, 45, 215, side * 0.6, 0.3, -1, 3.6),
    ...tree(side * 78, -14, 236, side * 0.8, -0.8, -0.7, 3.4),
    ...tree(side * 74, 10, 225, side * 1.2, -0.2, -0.5, 3.4),
  ]);
  const chamber = (
    x: number,
    y: number,
    z: number,
    rx: number,
    ry: number,
    rz: number,
    turn: number,
  ): Implicit =>
    within(ellipsoid([x, y, z], [rx, ry, rz], [0, 20, turn]), (a, b, c) => heartOuter.distance(a, b, c) + 3);
  return [
    {
      name: 'diaphragm',
      parts: [
        trunkSolid((x, y, z) =>
          Math.max(cavityDistance(x, y, z), Math.abs(belowDiaphragm(x, y, z)) - 1.5, 30 - z),
        ),
      ],
      tissue: TISSUES.diaphragm,
    },
    {
      name: 'mediastinal fat',
      parts: [
        trunkSolid(
          (x, y, z) => Math.max(mediastinum(x, y, z), cavityDistance(x, y, z), -belowDiaphragm(x, y, z)),
          60,
        ),
      ],
      tissue: TISSUES.visceralFat,
    },
    { name: 'lungs', parts: [lungSolid], tissue: TISSUES.lung },
    { name: 'lung vessels', partOf: 'lungs', parts: vessels, tissue: TISSUES.pulmonaryVessel },
    {
      name: 'heart',
      parts: [within(heartOuter, (x, y, z) => -belowDiaphragm(x, y, z) + 3, 4)],
      tissue: TISSUES.myocardium,
    },
    {
      name: 'heart chambers',
      partOf: 'heart',
      parts: [
        chamber(44, -26, 188, 32, 20, 34, -35),
        chamber(2, -54, 188, 28, 24, 40, -20),
        chamber(-18, -22, 205, 24, 24, 34, 0),
        chamber(22, 2, 222, 34, 18, 24, 0),
      ],
      tissue: TISSUES.blood,
    },
    {
      name: 'oesophagus',
      parts: tube(
        [
          [8, 26, 290, 7.5],
          [10, 24, 200, 7.5],
          [18, 14, 150, 8],
          [30, 4, 132, 8],
        ],
        14,
      ),
      tissue: TISSUES.muscle,
    },
  ];
}

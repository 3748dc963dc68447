import type { Vector3 } from '../../../domain/affine.ts';
import { ellipsoid, type Implicit } from '../implicit.ts';
import { seededRandom } from '../random.ts';
import type { Structure } from '../structure.ts';
import { smoothPath, tube, tubeParts, type TubePoint } from '../tube.ts';
import { vesselTree } from '../vesselTree.ts';
import { spineCentre } from './spineCurve.ts';
import { TISSUES } from './tissues.ts';

const alongSpine = (points: readonly TubePoint[]): TubePoint[] =>
  points.map(([x, y, z, r]): TubePoint => [x, spineCentre(z)[1] + y, z, r]);

const AORTA: readonly TubePoint[] = [
  ...alongSpine([
    [24, -14, 290, 12.5],
    [20, -24, 200, 12],
    [12, -29, 120, 11],
    [9, -29, 60, 10],
    [7, -28, 0, 9],
    [5, -28, -32, 8.6],
  ]),
];

const CAVA: readonly TubePoint[] = [
  [-20, -6, 165, 13],
  [-22, 6, 132, 13],
  [-22, 10, 100, 12],
  [-20, 14, 60, 11.5],
  [-19, 10, 10, 11],
  [-16, 8, -40, 10.5],
];

function iliacs(side: 1 | -1, start: Vector3, radius: number, shiftMm: number): TubePoint[] {
  const [x, y, z] = start;
  return [
    [x, y, z, radius],
    [side * 26, y + 4 + shiftMm, z - 32, radius],
    [side * 44, 18 + shiftMm, -108, radius * 0.95],
    [side * 58, -8 + shiftMm, -145, radius * 0.9],
    [side * 66, -44 + shiftMm * 0.4, -190, radius * 0.9],
    [side * (66 - shiftMm), -60, -240, radius * 0.9],
  ];
}

/** Branching vessels of the mesentery: only pieces within the fat of the mesentery's fan are kept. */
function mesentery(shiftMm: number, seed: number): Implicit[] {
  const fan = ellipsoid([10, -30, -40], [80, 36, 82]).distance;
  const random = seededRandom(seed);
  const roots: readonly (readonly [Vector3, Vector3])[] = [
    [
      [2 + shiftMm, -26, 18],
      [0.5, -0.3, -0.8],
    ],
    [
      [0 + shiftMm, -26, 8],
      [-0.6, -0.3, -0.8],
    ],
    [
      [0 + shiftMm, -28, -4],
      [0.2, -0.2, -1],
    ],
    [
      [4 + shiftMm, -26, 10],
      [1, -0.2, -0.3],
    ],
  ];
  return roots.flatMap(([root, directionLps]) =>
    vesselTree({
      root,
      directionLps,
      radiusMm: 2.7,
      lengthMm: 44,
      generations: 4,
      inside: fan,
      marginMm: 2,
      random,
    }),
  );
}

/** Aorta, its branches, inferior vena cava, iliac, renal, splenic and mesenteric vessels. */
export function vessels(): Structure[] {
  const aorta = smoothPath(AORTA, 10);
  const bifurcation: Vector3 = [5, spineCentre(-32)[1] - 28, -32];
  const iliacArteries = [1, -1].flatMap(side => tube(iliacs(side > 0 ? 1 : -1, bifurcation, 5.6, -8), 10));
  const iliacVeins = [1, -1].flatMap(side => tube(iliacs(side > 0 ? 1 : -1, [-16, 8, -40], 7, 6), 10));
  return [
    {
      name: 'mesenteric veins',
      parts: [
        ...mesentery(-8, 41),
        ...tube(
          [
            [-6, -26, -20, 4],
            [-7, -24, 15, 5],
            [-2, -15, 50, 6.2],
          ],
          8,
        ),
        ...tube(
          [
            [-2, -14, 52, 5.5],
            [26, -8, 66, 4.6],
            [56, 14, 78, 4.2],
            [84, 28, 92, 3.6],
          ],
          8,
        ),
      ],
      tissue: TISSUES.portal,
    },
    {
      name: 'renal veins',
      parts: [
        ...tube(
          [
            [-18, 6, 46, 5.5],
            [4, -7, 50, 4],
            [26, 8, 54, 5],
            [54, 30, 58, 4.6],
          ],
          8,
        ),
        ...tube(
          [
            [-24, 14, 38, 5.2],
            [-38, 24, 36, 4.8],
            [-52, 34, 36, 4.4],
          ],
          8,
        ),
      ],
      tissue: TISSUES.vein,
    },
    { name: 'inferior vena cava', parts: tube(CAVA, 10), tissue: TISSUES.vein },
    { name: 'iliac veins', parts: iliacVeins, tissue: TISSUES.vein },
    {
      name: 'arteries',
      parts: [
        ...iliacArteries,
        ...mesentery(4, 43),
        ...tube(
          [
            [9, 8, 78, 4.4],
            [7, -10, 72, 3.8],
            [4, -24, 50, 3.6],
            [4, -27, 0, 3.2],
          ],
          7,
        ), // superior mesenteric
        ...tube(
          [
            [10, 8, 92, 4],
            [8, -8, 92, 3.6],
            [-14, -14, 84, 3],
            [-34, -20, 82, 2.4],
          ],
          7,
        ), // hepatic
        ...tube(
          [
            [8, -8, 92, 3.4],
            [34, 0, 88, 3],
            [60, 12, 90, 2.8],
            [82, 26, 98, 2.4],
          ],
          7,
        ), // splenic
        ...tube(
          [
            [9, 14, 60, 3.4],
            [32, 22, 58, 3],
            [52, 30, 57, 2.8],
          ],
          7,
        ), // left renal
        ...tube(
          [
            [6, 16, 52, 3.4],
            [-20, 28, 46, 3],
            [-50, 34, 38, 2.8],
          ],
          7,
        ), // right renal
      ],
      tissue: TISSUES.artery,
    },
    { name: 'aorta', parts: tubeParts(aorta), tissue: TISSUES.arteryWall },
    { name: 'aortic lumen', partOf: 'aorta', parts: tubeParts(aorta, -1.3), tissue: TISSUES.artery },
    {
      name: 'retroperitoneal nodes',
      parts: [
        [22, 6, 22, 4],
        [-4, 16, 6, 3.2],
        [24, 10, -6, 3.6],
        [-30, 20, -20, 3],
      ].map(([x = 0, y = 0, z = 0, r = 3]) => ellipsoid([x, y, z], [r, r * 0.8, r * 1.5])),
      tissue: TISSUES.node,
    },
  ];
}

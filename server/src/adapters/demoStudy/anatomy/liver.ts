import { blended, ellipsoid, wavy, within, without, type Distance, type Implicit } from '../implicit.ts';
import { seededRandom } from '../random.ts';
import type { Structure } from '../structure.ts';
import { tube, type TubePoint } from '../tube.ts';
import { vesselTree } from '../vesselTree.ts';
import { rightKidneySolid } from './kidneys.ts';
import { TISSUES } from './tissues.ts';
import { belowDiaphragm, cavityDistance } from './trunk.ts';

const GALLBLADDER: readonly TubePoint[] = [
  [-44, -34, 50, 5],
  [-50, -48, 42, 10],
  [-55, -60, 31, 14],
  [-57, -68, 22, 14.5],
];
const gallbladder = blended(10, ...tube(GALLBLADDER, 9));

const lobes = blended(
  34,
  ellipsoid([-86, -2, 88], [66, 92, 78], [0, -8, 8]), // right lobe
  ellipsoid([-98, 12, 44], [42, 58, 46], [0, -12, 0]), // its lower tip
  ellipsoid([-22, -44, 108], [62, 46, 42], [0, -12, 14]), // segment IV
  ellipsoid([34, -56, 104], [54, 34, 24], [0, -10, 12]), // left lobe, thin at its end
  ellipsoid([-16, -4, 92], [19, 20, 30]), // caudate
);

/** Hollows of the visceral surface: gallbladder, kidney, porta hepatis, the cleft of the round ligament, stomach. */
const hollows: readonly (readonly [Distance, number])[] = [
  [ellipsoid([-51, -56, 34], [19, 24, 22], [35, 0, 0]).distance, 8],
  [(x, y, z) => rightKidneySolid.distance(x, y, z) - 6, 10],
  [ellipsoid([-26, -8, 62], [34, 18, 20], [0, 20, 0]).distance, 10],
  [ellipsoid([-2, -58, 66], [4, 30, 34], [0, 8, 0]).distance, 6],
  [ellipsoid([74, -4, 108], [58, 42, 46], [0, 0, 10]).distance, 14],
  [ellipsoid([-6, -50, 24], [60, 60, 40], [0, 26, 0]).distance, 24],
  [ellipsoid([10, 52, 110], [58, 40, 90]).distance, 10],
];

/** The liver without its vessels: fills the right dome, tapers to the left, hollowed from below. */
export const liverSolid: Implicit = wavy(
  within(
    hollows.reduce((solid, [tool, round]) => without(solid, tool, round), lobes),
    (x, y, z) => Math.max(cavityDistance(x, y, z) + 3, belowDiaphragm(x, y, z) + 2.5),
    8,
  ),
  1.6,
  46,
  0.7,
);

/** Trees and stems of portal and hepatic veins; stems may leave the liver, branches may not. */
export function liverVessels(): { portal: Implicit[]; hepatic: Implicit[] } {
  const random = seededRandom(23);
  const branch = (root: readonly number[], towards: readonly number[], radiusMm: number, lengthMm: number) =>
    vesselTree({
      root: [root[0] ?? 0, root[1] ?? 0, root[2] ?? 0],
      directionLps: [towards[0] ?? 0, towards[1] ?? 0, towards[2] ?? 0],
      radiusMm,
      lengthMm,
      generations: 5,
      inside: liverSolid.distance,
      marginMm: 3,
      random,
    });
  const portal = [
    ...tube(
      [
        [-2, -14, 52, 7],
        [-18, -16, 66, 7],
        [-36, -14, 80, 6.6],
        [-52, -10, 86, 6],
      ],
      8,
    ),
    ...tube(
      [
        [-36, -14, 80, 5.4],
        [-24, -30, 92, 4.8],
        [-6, -42, 104, 4.4],
        [8, -56, 112, 4],
      ],
      8,
    ),
    ...branch([-52, -10, 86], [-1, -0.7, 0.25], 4.8, 34),
    ...branch([-52, -10, 86], [-0.8, 0.8, 0.1], 4.8, 34),
    ...branch([-52, -10, 86], [-0.7, 0.2, -1], 4.2, 34),
    ...branch([-52, -10, 86], [-0.6, 0.1, 1], 4, 32),
    ...branch([8, -56, 112], [1, -0.2, 0.25], 3.4, 26),
    ...branch([-6, -42, 104], [-0.7, -1, -0.2], 3.2, 24),
    ...branch([-6, -42, 104], [-0.5, -0.7, 0.9], 3, 22),
  ];
  const hepatic = [
    ...tube(
      [
        [-22, 10, 128, 6.5],
        [-46, 14, 122, 5.6],
        [-74, 14, 110, 4.6],
      ],
      8,
    ),
    ...tube(
      [
        [-22, 6, 130, 5.6],
        [-36, -16, 124, 5],
        [-48, -38, 112, 4.2],
      ],
      8,
    ),
    ...tube(
      [
        [-20, 4, 130, 5],
        [-6, -16, 130, 4.4],
        [8, -34, 128, 3.6],
      ],
      8,
    ),
    ...branch([-74, 14, 110], [-1, 0.1, -0.6], 4.4, 34),
    ...branch([-60, 14, 116], [-0.8, -0.6, 0.5], 3, 24),
    ...branch([-48, -38, 112], [-0.4, -0.7, -0.8], 4, 30),
    ...branch([-40, -24, 120], [-0.9, -0.5, 0.2], 2.8, 22),
    ...branch([8, -34, 128], [0.8, -0.7, -0.1], 3.2, 24),
  ];
  const kept = hepatic.map(part => within(part, (x, y, z) => liverSolid.distance(x, y, z) + 1));
  return { portal, hepatic: kept };
}

export function liver(): Structure[] {
  const { portal, hepatic } = liverVessels();
  return [
    { name: 'liver', parts: [liverSolid], tissue: TISSUES.liver },
    { name: 'hepatic veins', partOf: 'liver', parts: hepatic, tissue: TISSUES.hepaticVein },
    { name: 'portal vein', partOf: 'liver', parts: portal, tissue: TISSUES.portal },
    { name: 'gallbladder', parts: [grownWall(gallbladder)], tissue: TISSUES.gallbladderWall },
    { name: 'bile', partOf: 'gallbladder', parts: [gallbladder], tissue: TISSUES.bile },
  ];
}

function grownWall(solid: Implicit): Implicit {
  return blended(10, ...tube(GALLBLADDER, 9, 1.6), solid);
}

import type { Vector3 } from '../../../domain/affine.ts';
import { blended, capsule, ellipsoid, wavy, without, type Implicit } from '../implicit.ts';
import type { Structure } from '../structure.ts';
import { tube } from '../tube.ts';
import { TISSUES } from './tissues.ts';

interface Kidney {
  readonly centre: Vector3;
  /** +1 on the left, −1 on the right. */
  readonly side: 1 | -1;
}

const LEFT: Kidney = { centre: [71, 42, 52], side: 1 };
const RIGHT: Kidney = { centre: [-70, 44, 36], side: -1 };

/** A bean: long axis tilted with the psoas, hilum towards the middle and the front. */
function bean({ centre: [x, y, z], side }: Kidney): Implicit {
  const turn: Vector3 = [-10, side * 13, side * -28];
  const solid = blended(
    14,
    ellipsoid([x, y, z], [27, 24, 52], turn),
    ellipsoid([x - side * 5, y + 2, z + 27], [24, 22, 26], turn),
    ellipsoid([x + side * 5, y - 4, z - 27], [24, 22, 26], turn),
  );
  const hilum = ellipsoid([x - side * 27, y - 13, z], [15, 12, 17], turn);
  return wavy(without(solid, hilum.distance, 9), 1.1, 26, side);
}

const leftKidneySolid = bean(LEFT);
export const rightKidneySolid = bean(RIGHT);

/** Points around the sinus where pyramids sit, as (out, back, up) from the centre, mm. */
const PYRAMIDS: readonly Vector3[] = [
  [13, -8, 8],
  [14, 8, 10],
  [13, -8, -10],
  [14, 8, -8],
  [9, 10, 27],
  [9, -9, 27],
  [9, 10, -27],
  [9, -9, -27],
  [2, 1, 38],
  [3, 0, -38],
];

function kidney(name: string, solid: Implicit, at: Kidney): Structure[] {
  const [x, y, z] = at.centre;
  const side = at.side;
  const place = ([out, back, up]: Vector3): Vector3 => {
    const lean = -side * up * 0.21;
    return [x + side * out + lean, y + back - up * 0.16, z + up];
  };
  const pyramids = PYRAMIDS.map(p => ellipsoid(place(p), [8.5, 7.5, 8.5]));
  const sinus = blended(
    10,
    ellipsoid(place([-8, -3, 0]), [13, 10, 24], [0, side * 13, side * -28]),
    ellipsoid(place([-22, -10, 0]), [14, 10, 14]),
  );
  const calyces = [
    capsule(place([-20, -9, -4]), place([-8, -3, 0]), 6, 4.5),
    capsule(place([-8, -3, 0]), place([2, -2, 20]), 3.8, 3),
    capsule(place([-8, -3, 0]), place([2, 0, -20]), 3.8, 3),
    capsule(place([-8, -3, 0]), place([5, 2, 1]), 3.4, 3),
  ];
  const inside = (part: Implicit, marginMm: number): Implicit =>
    without(part, (a, b, c) => -solid.distance(a, b, c) - marginMm);
  return [
    { name, parts: [solid], tissue: TISSUES.renalCortex },
    {
      name: `${name} medulla`,
      partOf: name,
      parts: pyramids.map(p => inside(p, 5.5)),
      tissue: TISSUES.renalMedulla,
    },
    { name: `${name} sinus`, parts: [sinus], tissue: TISSUES.visceralFat },
    { name: `${name} collecting system`, parts: calyces, tissue: TISSUES.renalPelvis },
  ];
}

/** Both kidneys with cortex, pyramids, sinus fat and collecting system, ureters, adrenals. */
export function kidneys(): Structure[] {
  const ureter = (x: number, y: number, z: number): Implicit[] => {
    const side = Math.sign(x);
    return tube(
      [
        [x, y, z, 4.5],
        [side * 44, 20, z - 35, 2.4],
        [side * 40, 14, -40, 2.2],
        [side * 46, 22, -100, 2.2],
        [side * 44, 30, -140, 2.2],
        [side * 20, 18, -168, 2],
      ],
      12,
    );
  };
  return [
    ...kidney('left kidney', leftKidneySolid, LEFT),
    ...kidney('right kidney', rightKidneySolid, RIGHT),
    { name: 'ureters', parts: [...ureter(48, 31, 50), ...ureter(-47, 33, 28)], tissue: TISSUES.renalPelvis },
    {
      name: 'adrenals',
      parts: [
        ...tube(
          [
            [-27, 22, 112, 2.2],
            [-31, 30, 100, 2.8],
            [-38, 37, 90, 2],
          ],
          6,
        ),
        ...tube(
          [
            [-31, 30, 100, 2.6],
            [-27, 39, 90, 2],
          ],
          6,
        ),
        ...tube(
          [
            [34, 14, 118, 2.2],
            [39, 22, 106, 2.8],
            [47, 27, 98, 2],
          ],
          6,
        ),
        ...tube(
          [
            [39, 22, 106, 2.6],
            [35, 31, 97, 2],
          ],
          6,
        ),
      ],
      tissue: TISSUES.adrenal,
    },
  ];
}

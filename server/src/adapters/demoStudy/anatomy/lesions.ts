import { blended, ellipsoid, wavy, within, type Implicit } from '../implicit.ts';
import type { Structure } from '../structure.ts';
import { lungSolid } from './chest.ts';
import { liverSolid } from './liver.ts';
import { TISSUES } from './tissues.ts';

const inLiver = (solid: Implicit): Implicit => within(solid, liverSolid.distance, 1);

const metastasis = wavy(
  blended(8, ellipsoid([-94, 26, 92], [19, 17, 18]), ellipsoid([-82, 36, 100], [11, 12, 11])),
  1.2,
  18,
);
const kidneyTumour = wavy(
  blended(6, ellipsoid([93, 52, 30], [14, 15, 14]), ellipsoid([99, 45, 36], [8, 8, 8])),
  0.8,
  14,
  1.3,
);

/** Lesions of 8–40 mm. Sizes are greatest diameters. */
export function lesions(): Structure[] {
  return [
    {
      name: 'liver metastasis 40 mm',
      partOf: 'liver',
      parts: [inLiver(metastasis)],
      tissue: TISSUES.hypodense,
    },
    {
      name: 'liver metastasis core',
      partOf: 'liver metastasis 40 mm',
      parts: [wavy(ellipsoid([-93, 27, 93], [11, 9, 10], [0, 20, 30]), 1, 12)],
      tissue: TISSUES.necrosis,
    },
    {
      name: 'liver metastasis 18 mm',
      partOf: 'liver',
      parts: [inLiver(wavy(ellipsoid([-70, -54, 92], [9, 8.5, 8.5]), 0.5, 12))],
      tissue: TISSUES.hypodense,
    },
    {
      name: 'liver cyst 12 mm',
      partOf: 'liver',
      parts: [inLiver(ellipsoid([26, -58, 102], [6, 6, 6]))],
      tissue: TISSUES.cyst,
    },
    {
      name: 'liver haemangioma 24 mm',
      partOf: 'liver',
      parts: [
        inLiver(
          wavy(
            blended(5, ellipsoid([-116, -22, 108], [11, 11, 11]), ellipsoid([-112, -12, 104], [8, 7, 8])),
            1,
            14,
            0.4,
          ),
        ),
      ],
      tissue: TISSUES.hyperdense,
    },
    {
      name: 'liver metastasis 9 mm',
      partOf: 'liver',
      parts: [inLiver(ellipsoid([-102, 8, 52], [4.5, 4.5, 4.5]))],
      tissue: TISSUES.hypodense,
    },
    {
      name: 'kidney cyst 26 mm',
      partOf: 'right kidney',
      parts: [ellipsoid([-90, 50, 8], [13, 12.5, 13])],
      tissue: TISSUES.cyst,
    },
    { name: 'kidney tumour 32 mm', partOf: 'left kidney', parts: [kidneyTumour], tissue: TISSUES.tumourRim },
    {
      name: 'kidney tumour core',
      partOf: 'kidney tumour 32 mm',
      parts: [wavy(ellipsoid([94, 52, 30], [9, 9, 8]), 0.8, 11)],
      tissue: TISSUES.tumourCore,
    },
    {
      name: 'lung nodule 8 mm',
      partOf: 'lungs',
      parts: [within(wavy(ellipsoid([-96, 38, 178], [4, 4, 4]), 0.3, 7), lungSolid.distance)],
      tissue: TISSUES.nodule,
    },
    {
      name: 'lymph node 16 mm',
      parts: [ellipsoid([26, 4, 34], [7, 6, 8.5], [0, 0, 20])],
      tissue: TISSUES.node,
    },
  ];
}

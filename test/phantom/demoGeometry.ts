import type { VolumeGeometry } from '../../server/src/domain/volumeGeometry.ts';
import { COLUMNS, IJK_TO_LPS, ROWS, SLICES } from '../../server/src/adapters/demoStudy/acquisition.ts';
import { DEMO_SERIES } from '../../server/src/adapters/demoStudy/demoStudy.ts';

/** The native grid of the demo series. */
export const DEMO_GEOMETRY: VolumeGeometry = {
  shapeIjk: [COLUMNS, ROWS, SLICES],
  ijkToLps: IJK_TO_LPS,
  frameOfReferenceUID: DEMO_SERIES.frameOfReferenceUID,
};

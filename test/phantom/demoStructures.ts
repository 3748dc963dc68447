import type { Vector3 } from '../../server/src/domain/affine.ts';

/** A structure of the demo study that a reader may want segmented. */
export interface DemoStructure {
  /** As `demoTruth` knows it. */
  readonly name: string;
  readonly kind: 'organ' | 'vessel' | 'lesion';
  /** Where a reader would click first: well inside, LPS mm. */
  readonly firstClickLps: Vector3;
}

export const DEMO_STRUCTURES: readonly DemoStructure[] = [
  { name: 'liver', kind: 'organ', firstClickLps: [-95, -25, 75] },
  { name: 'spleen', kind: 'organ', firstClickLps: [98, 5, 68] },
  { name: 'left kidney', kind: 'organ', firstClickLps: [78, 48, 40] },
  { name: 'right kidney', kind: 'organ', firstClickLps: [-76, 45, 69] },
  { name: 'gallbladder', kind: 'organ', firstClickLps: [-54, -59, 34] },
  { name: 'bladder', kind: 'organ', firstClickLps: [7, -27, -171] },
  { name: 'pancreas', kind: 'organ', firstClickLps: [-21, -23, 46] },
  { name: 'aorta', kind: 'vessel', firstClickLps: [8, 13, 40] },
  { name: 'inferior vena cava', kind: 'vessel', firstClickLps: [-20, 14, 40] },
  { name: 'liver metastasis 40 mm', kind: 'lesion', firstClickLps: [-96, 25, 94] },
  { name: 'liver haemangioma 24 mm', kind: 'lesion', firstClickLps: [-111, -13, 106] },
  { name: 'liver metastasis 18 mm', kind: 'lesion', firstClickLps: [-70, -54, 92] },
  { name: 'liver cyst 12 mm', kind: 'lesion', firstClickLps: [26.5, -57.5, 102.5] },
  { name: 'liver metastasis 9 mm', kind: 'lesion', firstClickLps: [-102, 8, 52.5] },
  { name: 'kidney tumour 32 mm', kind: 'lesion', firstClickLps: [93, 52, 29] },
  { name: 'kidney cyst 26 mm', kind: 'lesion', firstClickLps: [-89.5, 50, 9] },
  { name: 'lung nodule 8 mm', kind: 'lesion', firstClickLps: [-95.5, 38, 178.5] },
  { name: 'lymph node 16 mm', kind: 'lesion', firstClickLps: [26.5, 4, 35] },
];

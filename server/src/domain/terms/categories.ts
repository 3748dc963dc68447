import { sct } from '../code.ts';

/** PS3.16 CID 7150. */
export const TISSUE = sct('85756007', 'Tissue');
/** The code that readers of segmentations know; the newest editions of PS3.16 name 91723000 beside this meaning. */
export const ANATOMICAL_STRUCTURE = sct('123037004', 'Anatomical Structure');
export const MORPHOLOGICALLY_ABNORMAL_STRUCTURE = sct('49755003', 'Morphologically Abnormal Structure');
export const PHYSICAL_OBJECT = sct('260787004', 'Physical object');

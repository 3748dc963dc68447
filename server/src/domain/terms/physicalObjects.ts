import { termsOf, type CodedTerm } from '../codedTerm.ts';
import { PHYSICAL_OBJECT } from './categories.ts';

/** PS3.16 CID 7157. */
export const PHYSICAL_OBJECTS: readonly CodedTerm[] = termsOf(PHYSICAL_OBJECT, [
  ['65818007', 'Stent', '#9098a8'],
  ['286558002', 'Ureteric stent', '#98a0b0', 'ureteral stent'],
  ['19923001', 'Catheter', '#a8a0b8'],
  ['79068005', 'Needle', '#b8c0c8'],
  ['14106009', 'Cardiac pacemaker', '#8088a0', 'pacemaker'],
  ['53350007', 'Prosthesis', '#a0a8b8', 'prostheses'],
  ['25510005', 'Heart valve prosthesis', '#a8b0c0', 'prosthetic heart valve'],
  ['40388003', 'Implant', '#98a8b0'],
  ['68183006', 'Bone screw', '#8898a8', 'screw'],
  ['77720000', 'Clip', '#b0b8c0'],
  ['257409000', 'Vena cava filter', '#9ca4b4', 'ivc filter'],
  ['19227008', 'Foreign body', '#c0a8a0'],
]);

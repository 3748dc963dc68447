import { termsOf, type CodedTerm } from '../codedTerm.ts';
import { TISSUE } from './categories.ts';

/** PS3.16 CID 7166. */
export const TISSUES: readonly CodedTerm[] = termsOf(TISSUE, [
  ['85756007', 'Tissue', '#80ae80'],
  ['3138006', 'Bone', '#e4dab8', 'osseous'],
  ['309312004', 'Cartilage', '#6fb0d0', 'cartilaginous'],
  ['91727004', 'Muscle', '#b04a44', 'muscular'],
  ['55603005', 'Fat', '#e6c86c', 'adipose tissue'],
  ['71966008', 'Subcutaneous tissue', '#e0cc88', 'subcutis'],
  ['39937001', 'Skin', '#d8a888', 'cutis'],
  ['87784001', 'Soft tissue', '#c89888'],
  ['21793004', 'Connective tissue', '#a8bca0'],
  ['52082005', 'Ligament', '#b8c4a0'],
  ['13024002', 'Tendon', '#c0ccb0'],
  ['74135004', 'Meniscus', '#88b8c0', 'menisci'],
  ['12402003', 'Scar tissue', '#b89c94', 'scar'],
  ['59441001', 'Lymph node', '#58a058', 'nodal', 'lymph gland'],
  ['59820001', 'Blood vessel', '#c05060', 'vessel'],
  ['51114001', 'Artery', '#d83c3c', 'arterial'],
  ['29092000', 'Vein', '#4464b4', 'venous'],
  ['91728009', 'Nerve', '#e0cc50', 'neural'],
  ['87612001', 'Blood', '#a82020'],
  ['389080008', 'White matter', '#e8e4d8'],
  ['389081007', 'Gray matter', '#a8a0a0', 'grey matter'],
  ['40146001', 'Cerebral cortex', '#b8a4a0'],
]);

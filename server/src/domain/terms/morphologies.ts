import { termsOf, type CodedTerm } from '../codedTerm.ts';
import { MORPHOLOGICALLY_ABNORMAL_STRUCTURE } from './categories.ts';

/** PS3.16 CID 7159. */
export const MORPHOLOGIES: readonly CodedTerm[] = termsOf(MORPHOLOGICALLY_ABNORMAL_STRUCTURE, [
  ['4147007', 'Mass', '#6fb83c', 'lesion'],
  ['27925004', 'Nodule', '#90c850', 'nodular'],
  ['108369006', 'Neoplasm', '#58a838', 'tumour', 'tumor', 'cancer', 'carcinoma'],
  ['372087000', 'Neoplasm, primary', '#48a048', 'primary tumour', 'primary tumor', 'primary cancer'],
  ['14799000', 'Neoplasm, secondary', '#a8c030', 'metastasis', 'metastases', 'metastatic'],
  ['367643001', 'Cyst', '#c8c84c', 'cystic'],
  ['44132006', 'Abscess', '#b8a838'],
  ['79654002', 'Edema', '#70c8b0', 'oedema'],
  ['6574001', 'Necrosis', '#786048', 'necrotic'],
  ['50960005', 'Hemorrhage', '#983038', 'haemorrhage', 'bleeding'],
  ['35566002', 'Hematoma', '#882830', 'haematoma'],
  ['75753009', 'Blood clot', '#903848', 'clot'],
  ['396339007', 'Thrombus', '#a04058', 'thrombosis', 'thrombi'],
  ['55584005', 'Embolus', '#a84868', 'embolism', 'emboli'],
  ['409774005', 'Inflammation', '#d87058', 'inflammatory'],
]);

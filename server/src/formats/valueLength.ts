/** Value representations whose length has 32 bits in explicit VR (PS3.5 section 7.1.2). */
export const LONG_LENGTH_VRS = new Set([
  'OB',
  'OD',
  'OF',
  'OL',
  'OV',
  'OW',
  'SQ',
  'SV',
  'UC',
  'UN',
  'UR',
  'UT',
  'UV',
]);

/** Of a value that ends with a delimiter (PS3.5 section 7.1.1). */
export const UNDEFINED_LENGTH = 0xffffffff;

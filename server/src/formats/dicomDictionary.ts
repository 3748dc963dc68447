import { data } from 'dcmjs';

const { dictionary, nameMap } = data.DicomMetaDictionary;

/** `00100010` for `PatientName` and for `00100010`; `undefined` for what is neither keyword nor tag. */
export function tagOf(keywordOrTag: string): string | undefined {
  if (/^[\da-f]{8}$/i.test(keywordOrTag)) return keywordOrTag.toUpperCase();
  // Names that every object has, like `constructor`, are no keywords.
  if (!Object.hasOwn(nameMap, keywordOrTag)) return undefined;
  return nameMap[keywordOrTag]?.tag.replace(/[(),]/g, '').toUpperCase();
}

/**
 * VR of a standard tag (eight hexadecimal digits); `undefined` for private and unknown ones.
 * Where the VR depends on the data set it is the dictionary's lower-case mark: `ox`, `xs`, `lt`.
 */
export function dictionaryVr(tag: string): string | undefined {
  // Curve and overlay groups repeat: 60xx stands for 6000, 6002 … 601E (PS3.5 7.6).
  const repeating = /^(50|60)[01][02468ACE]/.test(tag) ? `${tag.slice(0, 2)}00${tag.slice(4)}` : tag;
  const vr = dictionary[`(${repeating.slice(0, 4)},${repeating.slice(4)})`]?.vr;
  return vr === 'up' ? 'UL' : vr === 'na' ? undefined : vr;
}

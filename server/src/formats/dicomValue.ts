import type { DicomJsonPersonName, DicomJsonValue } from '../domain/dicomJson.ts';
import type { TextDecoding } from './specificCharacterSet.ts';

/** How the bytes of one element are to be understood. */
export interface ValueContext {
  readonly bigEndian: boolean;
  readonly text: TextDecoding;
}

const BYTES_PER_NUMBER: Readonly<Record<string, number>> = {
  US: 2,
  SS: 2,
  UL: 4,
  SL: 4,
  FL: 4,
  FD: 8,
  UV: 8,
  SV: 8,
  AT: 4,
};
const BYTES_PER_WORD: Readonly<Record<string, number>> = { OW: 2, OF: 4, OL: 4, OD: 8, OV: 8 };
// In these a backslash is a character, and leading spaces count (PS3.5 6.2).
const UNDIVIDED_TEXT = new Set(['LT', 'ST', 'UT', 'UR']);
const BINARY = new Set(['OB', 'OW', 'OF', 'OL', 'OD', 'OV', 'UN']);
// Of the text VRs only these follow SpecificCharacterSet (PS3.5 6.1.2.2); Latin-1 is harmless for the rest.
const CHARACTER_SET_VRS = new Set(['SH', 'LO', 'UC', 'ST', 'LT', 'UT', 'PN']);

export function isBinaryVr(vr: string): boolean {
  return BINARY.has(vr);
}

/** Values of an element as DICOM JSON writes them (PS3.18 F.2.3); not for sequences and binary VRs. */
export function decodeValues(vr: string, bytes: Buffer, context: ValueContext): readonly DicomJsonValue[] {
  const size = BYTES_PER_NUMBER[vr];
  if (size !== undefined) {
    const count = Math.floor(bytes.length / size);
    return Array.from({ length: count }, (_, index) =>
      decodeNumber(vr, bytes, index * size, context.bigEndian),
    );
  }
  const decoded = CHARACTER_SET_VRS.has(vr) ? context.text(bytes, vr) : bytes.toString('latin1');
  const text = decoded.replace(/[\0 ]+$/, '').replace(/\0/g, '');
  if (text === '') return [];
  if (UNDIVIDED_TEXT.has(vr)) return [text];
  return text.split('\\').map(value => decodeText(vr, value.trim()));
}

/** What `littleEndian` makes of so many bytes: whole words. */
export function littleEndianLength(vr: string, length: number, bigEndian: boolean): number {
  const size = bigEndian ? BYTES_PER_WORD[vr] : undefined;
  return size === undefined ? length : length - (length % size);
}

/** The bytes of a binary value in little endian order, as every web representation has them. */
export function littleEndian(vr: string, bytes: Buffer, bigEndian: boolean): Buffer {
  const size = bigEndian ? BYTES_PER_WORD[vr] : undefined;
  if (size === undefined) return bytes;
  const swapped = Buffer.from(bytes.subarray(0, bytes.length - (bytes.length % size)));
  return size === 2 ? swapped.swap16() : size === 4 ? swapped.swap32() : swapped.swap64();
}

function decodeText(vr: string, value: string): DicomJsonValue {
  if (value === '') return null;
  if (vr === 'PN') return decodePersonName(value);
  if (vr === 'DS' || vr === 'IS') {
    const number = Number(value);
    // Some writers leave text in number fields: it is passed on as it is.
    return Number.isFinite(number) ? number : value;
  }
  return value;
}

function decodePersonName(value: string): DicomJsonPersonName | null {
  const [alphabetic, ideographic, phonetic] = value.split('=').map(group => group.trim().replace(/\^+$/, ''));
  if (!alphabetic && !ideographic && !phonetic) return null;
  return {
    ...(alphabetic && { Alphabetic: alphabetic }),
    ...(ideographic && { Ideographic: ideographic }),
    ...(phonetic && { Phonetic: phonetic }),
  };
}

function decodeNumber(vr: string, bytes: Buffer, at: number, bigEndian: boolean): DicomJsonValue {
  switch (vr) {
    case 'US':
      return bigEndian ? bytes.readUInt16BE(at) : bytes.readUInt16LE(at);
    case 'SS':
      return bigEndian ? bytes.readInt16BE(at) : bytes.readInt16LE(at);
    case 'UL':
      return bigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at);
    case 'SL':
      return bigEndian ? bytes.readInt32BE(at) : bytes.readInt32LE(at);
    case 'FL':
      return finite(bigEndian ? bytes.readFloatBE(at) : bytes.readFloatLE(at));
    case 'FD':
      return finite(bigEndian ? bytes.readDoubleBE(at) : bytes.readDoubleLE(at));
    case 'UV':
      return safeInteger(bigEndian ? bytes.readBigUInt64BE(at) : bytes.readBigUInt64LE(at));
    case 'SV':
      return safeInteger(bigEndian ? bytes.readBigInt64BE(at) : bytes.readBigInt64LE(at));
    default: {
      const group = bigEndian ? bytes.readUInt16BE(at) : bytes.readUInt16LE(at);
      const element = bigEndian ? bytes.readUInt16BE(at + 2) : bytes.readUInt16LE(at + 2);
      return ((group * 0x10000 + element) >>> 0).toString(16).padStart(8, '0').toUpperCase();
    }
  }
}

/** JSON has no NaN and no infinity. */
function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function safeInteger(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}

import type { SegmentationCompression } from '../../domain/segmentationFormat.ts';
import { ExplicitVrWriter } from './explicitVrWriter.ts';
import {
  DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
  EXPLICIT_VR_LITTLE_ENDIAN,
  RLE_LOSSLESS,
} from './transferSyntax.ts';

const IMPLEMENTATION_CLASS_UID = '2.25.8327930361874455139446869833052149369';
const PREAMBLE_BYTES = 128;

export const TRANSFER_SYNTAX_UIDS: Readonly<Record<SegmentationCompression, string>> = {
  none: EXPLICIT_VR_LITTLE_ENDIAN,
  deflate: DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
  rle: RLE_LOSSLESS,
};

/** Preamble, prefix and file meta information (PS3.10 7.1). */
export function fileMeta(identity: {
  readonly sopClassUID: string;
  readonly sopInstanceUID: string;
  readonly transferSyntaxUID: string;
}): Uint8Array {
  const group = new ExplicitVrWriter();
  group.bytesElement(0x00020001, 'OB', Uint8Array.of(0, 1));
  group.text(0x00020002, 'UI', identity.sopClassUID);
  group.text(0x00020003, 'UI', identity.sopInstanceUID);
  group.text(0x00020010, 'UI', identity.transferSyntaxUID);
  group.text(0x00020012, 'UI', IMPLEMENTATION_CLASS_UID);
  group.text(0x00020013, 'SH', 'TOMOCLICK');
  const length = new ExplicitVrWriter();
  length.uint32s(0x00020000, [group.bytes().length]);
  return Buffer.concat([Buffer.alloc(PREAMBLE_BYTES), Buffer.from('DICM'), length.bytes(), group.bytes()]);
}

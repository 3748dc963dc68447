const SIGNATURE = Buffer.from('0000000c6a5020200d0a870a', 'hex');
const BOX_HEAD_BYTES = 8;
const LONG_BOX_HEAD_BYTES = 16;
const CODESTREAM = 'jp2c';

/**
 * The codestream of a JP2 file (ISO/IEC 15444-1 annex I), which some writers put where only the former belongs (PS3.5
 * A.4.4); what is no such file as it is.
 * @throws RangeError when the file holds none
 */
export function withoutJp2Boxes(frame: Uint8Array): Uint8Array {
  const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength);
  if (!bytes.subarray(0, SIGNATURE.length).equals(SIGNATURE)) return frame;
  for (let start = 0; start + BOX_HEAD_BYTES <= bytes.length;) {
    const { headBytes, length } = boxAt(bytes, start);
    if (length < headBytes) break;
    const type = bytes.toString('latin1', start + 4, start + BOX_HEAD_BYTES);
    if (type === CODESTREAM) return bytes.subarray(start + headBytes, start + length);
    start += length;
  }
  throw new RangeError('the JP2 file holds no codestream');
}

/** A length of 1 stands for one of 64 bits behind the type, one of 0 for all the rest. */
function boxAt(bytes: Buffer, start: number): { readonly headBytes: number; readonly length: number } {
  const length = bytes.readUInt32BE(start);
  if (length === 0) return { headBytes: BOX_HEAD_BYTES, length: bytes.length - start };
  if (length > 1) return { headBytes: BOX_HEAD_BYTES, length };
  return { headBytes: LONG_BOX_HEAD_BYTES, length: Number(bytes.readBigUInt64BE(start + BOX_HEAD_BYTES)) };
}

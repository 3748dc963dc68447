/** VRs of text that this writer knows. */
type TextVr = 'AE' | 'AS' | 'CS' | 'DA' | 'DS' | 'IS' | 'LO' | 'LT' | 'PN' | 'SH' | 'TM' | 'UI';

/** One data element in Explicit VR Little Endian (PS3.5 7.1.2); `tag` is group and element in one number. */
export function textElement(tag: number, vr: TextVr, value: string): Uint8Array {
  const text = Buffer.from(value, 'utf8');
  const padding = text.length % 2 ? (vr === 'UI' ? '\0' : ' ') : '';
  return Buffer.concat([shortHead(tag, vr, text.length + padding.length), text, Buffer.from(padding)]);
}

export function uint16Element(tag: number, value: number): Uint8Array {
  const body = Buffer.alloc(2);
  body.writeUInt16LE(value);
  return Buffer.concat([shortHead(tag, 'US', 2), body]);
}

export function uint32Element(tag: number, value: number): Uint8Array {
  const body = Buffer.alloc(4);
  body.writeUInt32LE(value);
  return Buffer.concat([shortHead(tag, 'UL', 4), body]);
}

/** An element with a 32-bit length; `bytes` must be of even length. */
export function bytesElement(tag: number, vr: 'OB' | 'OW', bytes: Uint8Array): Uint8Array {
  const head = Buffer.alloc(12);
  writeTag(head, tag, vr);
  head.writeUInt32LE(bytes.length, 8);
  return Buffer.concat([head, bytes]);
}

/** At most 16 characters (PS3.5 6.2), which is better than 1e-10 mm for positions and 1e-12 for directions. */
export function decimalString(value: number): string {
  for (let digits = 15; digits > 0; digits--) {
    const text = String(Number(value.toPrecision(digits)));
    if (text.length <= 16) return text;
  }
  throw new RangeError(`${value} does not fit a decimal string`);
}

function shortHead(tag: number, vr: string, length: number): Buffer {
  const head = Buffer.alloc(8);
  writeTag(head, tag, vr);
  head.writeUInt16LE(length, 6);
  return head;
}

function writeTag(head: Buffer, tag: number, vr: string): void {
  head.writeUInt16LE(tag >>> 16, 0);
  head.writeUInt16LE(tag & 0xffff, 2);
  head.write(vr, 4, 'latin1');
}

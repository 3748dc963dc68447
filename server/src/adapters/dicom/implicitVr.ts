const ITEM = 0xfffee000;

/** An element of a data set in implicit VR little endian (PS3.5 7.1.3). @param tag group and element as one number */
export function implicitElement(tag: number, value: Uint8Array): Uint8Array {
  const head = Buffer.alloc(8);
  head.writeUInt16LE(tag >>> 16, 0);
  head.writeUInt16LE(tag & 0xffff, 2);
  head.writeUInt32LE(value.length, 4);
  return Buffer.concat([head, value]);
}

/** Text of ASCII, made even with spaces. */
export function implicitText(tag: number, value: string): Uint8Array {
  return implicitElement(tag, Buffer.from(value.length % 2 === 0 ? value : `${value} `, 'latin1'));
}

export function implicitUid(tag: number, value: string): Uint8Array {
  return implicitElement(tag, Buffer.from(value.length % 2 === 0 ? value : `${value}\0`, 'latin1'));
}

/** @param items the elements of each, in ascending order */
export function implicitSequence(tag: number, items: readonly (readonly Uint8Array[])[]): Uint8Array {
  return implicitElement(
    tag,
    Buffer.concat(items.map(elements => implicitElement(ITEM, Buffer.concat(elements)))),
  );
}

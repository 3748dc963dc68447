/** VRs whose length is written in 32 bits behind two reserved bytes (PS3.5 7.1.2). */
const LONG_LENGTH_VRS = new Set(['OB', 'OW', 'SQ']);
const UNDEFINED_LENGTH = 0xffffffff;
const ITEM_HEAD_BYTES = 8;

/** Writes elements in explicit VR little endian, in the order of the calls; sequences get their exact length. */
export class ExplicitVrWriter {
  #buffer = Buffer.allocUnsafe(64 * 1024);
  #length = 0;

  /** Everything written so far; a view. */
  bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  /** @param tag group and element as one number, e.g. 0x00081155 */
  text(tag: number, vr: 'CS' | 'DS' | 'IS' | 'LO' | 'SH' | 'UI', value: string): void {
    const length = Buffer.byteLength(value);
    this.#head(tag, vr, length + (length % 2));
    this.#reserve(length + 1);
    this.#buffer.write(value, this.#length);
    this.#length += length;
    if (length % 2) this.#buffer[this.#length++] = vr === 'UI' ? 0 : 0x20;
  }

  uint16(tag: number, value: number): void {
    this.#head(tag, 'US', 2);
    this.#reserve(2);
    this.#length = this.#buffer.writeUInt16LE(value, this.#length);
  }

  uint32s(tag: number, values: readonly number[]): void {
    this.#head(tag, 'UL', 4 * values.length);
    this.#reserve(4 * values.length);
    for (const value of values) this.#length = this.#buffer.writeUInt32LE(value, this.#length);
  }

  sequence(tag: number, writeItems: () => void): void {
    this.#head(tag, 'SQ', 0);
    this.#measured(writeItems);
  }

  item(writeElements: () => void): void {
    this.#tag(0xfffee000);
    this.#reserve(4);
    this.#length += 4;
    this.#measured(writeElements);
  }

  /** @param value of even length */
  bytesElement(tag: number, vr: 'OB' | 'OW', value: Uint8Array): void {
    this.#head(tag, vr, value.length);
    this.#append(value);
  }

  /** Head of an element whose value the caller puts behind it. */
  headOfBytes(tag: number, vr: 'OB' | 'OW', length: number): void {
    this.#head(tag, vr, length);
  }

  /** Encapsulated pixel data (PS3.5 A.4): a fragment a frame, each of even length, behind a basic offset table. */
  encapsulatedFrames(tag: number, frames: readonly Uint8Array[]): void {
    this.#head(tag, 'OB', UNDEFINED_LENGTH);
    this.item(() => this.#append(offsetTable(frames)));
    for (const frame of frames) this.item(() => this.#append(frame));
    this.#tag(0xfffee0dd);
    this.#reserve(4);
    this.#length = this.#buffer.writeUInt32LE(0, this.#length);
  }

  #append(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Runs `write`, then fills in the 32-bit length that stands before what it wrote. */
  #measured(write: () => void): void {
    const start = this.#length;
    write();
    this.#buffer.writeUInt32LE(this.#length - start, start - 4);
  }

  #head(tag: number, vr: string, length: number): void {
    this.#tag(tag);
    this.#reserve(8);
    this.#buffer.write(vr, this.#length, 'latin1');
    this.#length += 2;
    if (LONG_LENGTH_VRS.has(vr)) {
      this.#length = this.#buffer.writeUInt16LE(0, this.#length);
      this.#length = this.#buffer.writeUInt32LE(length, this.#length);
    } else {
      this.#length = this.#buffer.writeUInt16LE(length, this.#length);
    }
  }

  #tag(tag: number): void {
    this.#reserve(4);
    this.#length = this.#buffer.writeUInt16LE(tag >>> 16, this.#length);
    this.#length = this.#buffer.writeUInt16LE(tag & 0xffff, this.#length);
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(2 * (this.#length + count));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}

/** Empty where an offset would not fit into its 32 bits. */
function offsetTable(frames: readonly Uint8Array[]): Uint8Array {
  const offsets: number[] = [];
  let offset = 0;
  for (const { length } of frames) {
    offsets.push(offset);
    offset += length + ITEM_HEAD_BYTES;
  }
  if ((offsets.at(-1) ?? 0) > UNDEFINED_LENGTH) return new Uint8Array(0);
  const table = Buffer.alloc(4 * offsets.length);
  offsets.forEach((start, index) => table.writeUInt32LE(start, 4 * index));
  return table;
}

const EMPTY = Buffer.alloc(0);

/** Looks ahead in a stream of bytes: what was pulled and not yet taken lies in `buffered`. */
export class ByteReader {
  #iterator: AsyncIterator<Uint8Array>;
  buffered: Buffer = EMPTY;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#iterator = source[Symbol.asyncIterator]();
  }

  /** Pulls one chunk behind what is buffered; false at the end of the stream. */
  async pull(): Promise<boolean> {
    const next = await this.#iterator.next();
    if (next.done) return false;
    const chunk = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
    this.buffered = this.buffered.length === 0 ? chunk : Buffer.concat([this.buffered, chunk]);
    return true;
  }

  take(length: number): Buffer {
    const taken = this.buffered.subarray(0, length);
    this.buffered = this.buffered.subarray(length);
    return taken;
  }

  /** Tells the source that no more is wanted. */
  async close(): Promise<void> {
    await this.#iterator.return?.();
  }
}

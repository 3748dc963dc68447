/** Files that are read at a time, and one that is being written. */
const MOST_KEPT = 9;

/**
 * Lends buffers, and lends them again once they are given back: memory that is written for the first time has to be
 * found and cleared by the operating system, which takes longer than the writing.
 */
export class BufferPool {
  readonly #free: ArrayBuffer[] = [];
  readonly #lent = new WeakSet<ArrayBufferLike>();

  /** At least that many bytes; what is in them is of no meaning. */
  take(byteLength: number): Uint8Array<ArrayBuffer> {
    const index = this.#free.findIndex(buffer => buffer.byteLength >= byteLength);
    const [kept] = index < 0 ? [] : this.#free.splice(index, 1);
    const buffer = kept ?? new ArrayBuffer(byteLength);
    this.#lent.add(buffer);
    return new Uint8Array(buffer);
  }

  /** Of a buffer that this pool has lent, whole or in part: nobody reads it any more. Others are left alone. */
  giveBack({ buffer }: Uint8Array): void {
    if (!(buffer instanceof ArrayBuffer) || !this.#lent.delete(buffer)) return;
    if (this.#free.length < MOST_KEPT) this.#free.push(buffer);
  }
}

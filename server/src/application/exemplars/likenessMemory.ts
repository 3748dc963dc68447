const MEMORY_BYTES = 256 * 1024 ** 2;

interface Remembered {
  readonly value: unknown;
  readonly bytes: number;
}

/** What exemplars look like, so that a set that is used again need not be looked at again. In memory alone, bounded. */
export class LikenessMemory {
  /** The longest unused first. */
  readonly #remembered = new Map<string, Remembered>();
  #bytes = 0;

  constructor(private readonly limitBytes: number = MEMORY_BYTES) {}

  /** @param bytesOf what a value takes @param make called where it is not remembered; what it throws is passed on */
  async once<Value>(
    key: string,
    bytesOf: (value: Value) => number,
    make: () => Promise<Value>,
  ): Promise<Value> {
    const known = this.#remembered.get(key);
    if (known) {
      this.#remembered.delete(key);
      this.#remembered.set(key, known);
      // A key names one kind of value.
      return known.value as Value;
    }
    const value = await make();
    this.#add(key, { value, bytes: bytesOf(value) });
    return value;
  }

  #add(key: string, added: Remembered): void {
    this.#bytes += added.bytes - (this.#remembered.get(key)?.bytes ?? 0);
    this.#remembered.set(key, added);
    for (const [oldest, { bytes }] of this.#remembered) {
      if (this.#bytes <= this.limitBytes) return;
      this.#remembered.delete(oldest);
      this.#bytes -= bytes;
    }
  }
}

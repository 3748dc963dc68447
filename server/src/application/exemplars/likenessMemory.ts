import { LRUCache } from 'lru-cache';

const MEMORY_BYTES = 256 * 1024 ** 2;
/** Of what is remembered beside a value: its key, and facts that take little more. */
const LEAST_BYTES = 1024;

/** What exemplars look like, so that a set that is used again need not be looked at again. In memory alone, bounded. */
export class LikenessMemory {
  readonly #remembered: LRUCache<string, { readonly value: unknown }>;

  constructor(limitBytes: number = MEMORY_BYTES) {
    this.#remembered = new LRUCache({ maxSize: limitBytes });
  }

  /** @param bytesOf what a value takes @param make called where it is not remembered; what it throws is passed on */
  async once<Value>(
    key: string,
    bytesOf: (value: Value) => number,
    make: () => Promise<Value>,
  ): Promise<Value> {
    const known = this.#remembered.get(key);
    // A key names one kind of value.
    if (known) return known.value as Value;
    const value = await make();
    this.#remembered.set(key, { value }, { size: LEAST_BYTES + bytesOf(value) });
    return value;
  }
}

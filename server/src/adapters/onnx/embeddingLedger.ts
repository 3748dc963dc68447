/** Which embeddings the engine process holds, least recently used first, within a budget of bytes. */
export class EmbeddingLedger {
  readonly #maxBytes: number;
  readonly #bytesByKey = new Map<string, number>();
  #totalBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  has(key: string): boolean {
    return this.#bytesByKey.has(key);
  }

  /** The newest stays even where it alone is beyond the budget. @returns keys to forget */
  add(key: string, bytes: number): string[] {
    this.#remove(key);
    this.#bytesByKey.set(key, bytes);
    this.#totalBytes += bytes;
    const forgotten: string[] = [];
    for (const oldest of this.#bytesByKey.keys()) {
      if (this.#totalBytes <= this.#maxBytes || oldest === key) break;
      this.#remove(oldest);
      forgotten.push(oldest);
    }
    return forgotten;
  }

  touch(key: string): void {
    const bytes = this.#bytesByKey.get(key);
    if (bytes === undefined) return;
    this.#bytesByKey.delete(key);
    this.#bytesByKey.set(key, bytes);
  }

  clear(): void {
    this.#bytesByKey.clear();
    this.#totalBytes = 0;
  }

  #remove(key: string): void {
    this.#totalBytes -= this.#bytesByKey.get(key) ?? 0;
    this.#bytesByKey.delete(key);
  }
}

import { Transform, type TransformCallback } from 'node:stream';

/** Replaces strings in a stream of text, also where one lies across two chunks. */
export class TextReplacement extends Transform {
  readonly #pairs: readonly (readonly [Buffer, Buffer])[];
  readonly #longest: number;
  #held: Buffer = Buffer.alloc(0);

  /** @param pairs what is looked for (not empty), and what stands there afterwards */
  constructor(pairs: readonly (readonly [string, string])[]) {
    super();
    this.#pairs = pairs.map(([from, to]) => [Buffer.from(from), Buffer.from(to)] as const);
    this.#longest = Math.max(0, ...this.#pairs.map(([from]) => from.length));
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const text = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    // The end may be the beginning of a string that goes on in the next chunk.
    this.#held = this.#replace(text, text.length - this.#longest + 1);
    done();
  }

  override _flush(done: TransformCallback): void {
    this.#replace(this.#held, this.#held.length);
    done();
  }

  /** Pushes what is settled: all that begins before `end`. Returns the rest. */
  #replace(text: Buffer, end: number): Buffer {
    let position = 0;
    for (;;) {
      const hit = this.#firstHit(text, position);
      if (!hit || hit.at >= end) break;
      this.push(text.subarray(position, hit.at));
      this.push(hit.to);
      position = hit.at + hit.length;
    }
    const settled = Math.max(position, end);
    if (settled > position) this.push(text.subarray(position, settled));
    return text.subarray(Math.min(settled, text.length));
  }

  #firstHit(text: Buffer, position: number): { at: number; length: number; to: Buffer } | undefined {
    return this.#pairs
      .map(([from, to]) => ({ at: text.indexOf(from, position), length: from.length, to }))
      .filter(({ at }) => at >= 0)
      .sort((a, b) => a.at - b.at || b.length - a.length)[0];
  }
}

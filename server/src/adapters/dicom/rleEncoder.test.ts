import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeRle } from './rle.ts';
import { encodeRle } from './rleEncoder.ts';

/** Frames with runs of all lengths, also longer than one code can hold, and with noise between them. */
const frames = fc
  .record({
    columns: fc.integer({ min: 1, max: 400 }),
    rows: fc.integer({ min: 1, max: 3 }),
    bytesPerSample: fc.constantFrom(1 as const, 2 as const),
    runs: fc.array(fc.record({ value: fc.nat(255), length: fc.integer({ min: 1, max: 300 }) }), {
      minLength: 1,
    }),
  })
  .map(({ columns, rows, bytesPerSample, runs }) => {
    const values = runs.flatMap(({ value, length }) => new Array<number>(length).fill(value));
    const frame = Uint8Array.from(
      { length: columns * rows * bytesPerSample },
      (_, n) => values[n % values.length] ?? 0,
    );
    return { columns, rows, bytesPerSample, frame };
  });

describe('RLE Lossless', () => {
  test('gives back every frame, in segments of even length', () => {
    fc.assert(
      fc.property(frames, ({ columns, rows, bytesPerSample, frame }) => {
        const encoded = encodeRle(frame, columns, bytesPerSample);
        expect(encoded.length % 2).toBe(0);
        expect([...decodeRle(encoded, columns * rows, bytesPerSample, 1)]).toEqual([...frame]);
      }),
    );
  });

  test('runs over no end of a row (PS3.5 G.3.1)', () => {
    const encoded = encodeRle(new Uint8Array(6).fill(9), 3, 1);
    expect([...encoded.subarray(64)]).toEqual([254, 9, 254, 9]);
  });
});

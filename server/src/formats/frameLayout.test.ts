import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { testDataFolder } from '../../../test/data/testData.ts';
import { imageAttributes, part10Of, type Attributes } from '../../../test/fixtures/part10.ts';
import { memorySource } from './byteSource.ts';
import { MalformedDataSetError } from './dataSetReader.ts';
import { frameCountOf, readFrame, readFrameLayout, pixelDataLength, readPixelData } from './frameLayout.ts';
import { readPart10 } from './part10.ts';

const BIG_ENDIAN = '1.2.840.10008.1.2.2';
const JPEG_LOSSLESS = '1.2.840.10008.1.2.4.70';

async function frames(bytes: Uint8Array): Promise<readonly Buffer[]> {
  const file = await readPart10(memorySource(bytes));
  const layout = await readFrameLayout(file);
  if (!layout) throw new Error('there is no pixel data');
  const numbers = Array.from({ length: frameCountOf(layout) }, (_, index) => index + 1);
  return Promise.all(numbers.map(number => readFrame(file, layout, number)));
}

const { PixelData: _pixels, ...withoutPixels } = imageAttributes();

function compressed(fragments: readonly Uint8Array[], changes: Attributes = {}): Buffer {
  return part10Of({ ...withoutPixels, ...changes }, { transferSyntaxUID: JPEG_LOSSLESS, fragments });
}

function withOffsetTable(file: Buffer, offsets: readonly number[]): Buffer {
  const emptyTable = file.indexOf(Buffer.from('feff00e000000000', 'hex'));
  const table = Buffer.from(Uint32Array.from([0xe000fffe, 4 * offsets.length, ...offsets]).buffer);
  return Buffer.concat([file.subarray(0, emptyTable), table, file.subarray(emptyTable + 8)]);
}

describe('readFrame', () => {
  test('finds the bits of every frame, whatever the size of a frame', async () => {
    const shape = fc.record({
      rows: fc.integer({ min: 1, max: 9 }),
      columns: fc.integer({ min: 1, max: 9 }),
    });
    await fc.assert(
      fc.asyncProperty(
        shape,
        fc.integer({ min: 1, max: 6 }),
        // As many as the largest case needs.
        fc.array(fc.nat(1), { minLength: 486, maxLength: 486 }),
        async (size, count, random) => {
          const bitsPerFrame = size.rows * size.columns;
          const bits = random.slice(0, bitsPerFrame * count);
          const PixelData = Buffer.alloc(Math.ceil(bits.length / 8));
          bits.forEach(
            (bit, index) => (PixelData[index >> 3] = (PixelData[index >> 3] ?? 0) | (bit << (index & 7))),
          );
          const file = part10Of(
            imageAttributes({
              ...{ Rows: size.rows, Columns: size.columns, NumberOfFrames: count },
              ...{ BitsAllocated: 1, BitsStored: 1, HighBit: 0, PixelData },
            }),
          );
          const found = await frames(file);
          const unpacked = found.map(frame =>
            Array.from(
              { length: frame.length * 8 },
              (_, index) => ((frame[index >> 3] ?? 0) >> (index & 7)) & 1,
            ),
          );
          const padding = (8 - (bitsPerFrame % 8)) % 8;
          expect(unpacked).toEqual(
            Array.from({ length: count }, (_, frame) => [
              ...bits.slice(frame * bitsPerFrame, (frame + 1) * bitsPerFrame),
              ...Array<number>(padding).fill(0),
            ]),
          );
        },
      ),
    );
  });

  test('turns big-endian words round, also where a frame ends inside a word', async () => {
    const shape = { Rows: 1, Columns: 3, NumberOfFrames: 3, BitsAllocated: 8, BitsStored: 8, HighBit: 7 };
    const swapped = Buffer.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 0]).swap16();
    const file = part10Of(imageAttributes({ ...shape, PixelData: swapped }), {
      transferSyntaxUID: BIG_ENDIAN,
    });
    expect(await frames(file)).toEqual([
      Buffer.from([1, 2, 3]),
      Buffer.from([4, 5, 6]),
      Buffer.from([7, 8, 9]),
    ]);
  });

  test('puts the fragments of a frame together', async () => {
    const [a, b, c, d] = ['ffd8aa00', 'bbbb', 'ffd8cc00', 'dddd'].map(hex => Buffer.from(hex, 'hex'));
    if (!a || !b || !c || !d) throw new Error('unreachable');
    expect(await frames(compressed([a, b]))).toEqual([Buffer.concat([a, b])]);
    expect(await frames(compressed([a, c], { NumberOfFrames: 2 }))).toEqual([a, c]);
    expect(await frames(compressed([a, b, c, d], { NumberOfFrames: 2 }))).toEqual([
      Buffer.concat([a, b]),
      Buffer.concat([c, d]),
    ]);
  });

  test('follows the basic offset table', async () => {
    const [a, b, c] = ['aaaa', 'bbbb', 'cccc'].map(hex => Buffer.from(hex, 'hex'));
    if (!a || !b || !c) throw new Error('unreachable');
    const file = compressed([a, b, c], { NumberOfFrames: 2 });
    expect(await frames(withOffsetTable(file, [0, 20]))).toEqual([Buffer.concat([a, b]), c]);
    const refusal = { code: 'unsupported-pixel-data' };
    await expect(frames(file)).rejects.toMatchObject(refusal);
    await expect(frames(withOffsetTable(file, [20, 0]))).rejects.toMatchObject(refusal);
  });
});

describe('readFrameLayout', () => {
  test('misses nothing that was cut off', async () => {
    const native = part10Of(imageAttributes());
    const encapsulated = compressed([Buffer.alloc(20), Buffer.alloc(20)]);
    await expect(frames(native.subarray(0, -2))).rejects.toBeInstanceOf(MalformedDataSetError);
    await expect(frames(part10Of(imageAttributes({ Rows: 3 })))).rejects.toBeInstanceOf(
      MalformedDataSetError,
    );
    await expect(frames(encapsulated.subarray(0, -18))).rejects.toBeInstanceOf(MalformedDataSetError);
    // A missing end mark alone is no loss.
    await expect(frames(encapsulated.subarray(0, -8))).resolves.toHaveLength(1);
  });

  test('takes no longer over many fragments of many frames than they are many', async () => {
    const numbers = Array.from({ length: 40_000 }, (_, index) => index);
    const fragments = numbers.flatMap(() => [Buffer.alloc(0), Buffer.alloc(2)]);
    const file = withOffsetTable(
      compressed(fragments, { NumberOfFrames: numbers.length }),
      numbers.map(number => 18 * number),
    );
    const part10 = await readPart10(memorySource(file));
    const started = performance.now();
    const layout = await readFrameLayout(part10);
    // Some 100 ms; each frame with each fragment takes half a minute.
    expect(performance.now() - started).toBeLessThan(5000);
    const lengths = layout?.kind === 'encapsulated' && layout.frames.map(each => each.map(at => at.length));
    expect(lengths).toEqual(numbers.map(() => [0, 2]));
  });

  test('refuses more fragments than an image has', async () => {
    const file = compressed([]);
    const items = Buffer.alloc(8 * (2 ** 20 + 1), 'feff00e000000000', 'hex');
    await expect(frames(Buffer.concat([file.subarray(0, -8), items]))).rejects.toThrow('more fragments');
  });

  test('finds none where there is no pixel data', async () => {
    const file = await readPart10(memorySource(part10Of(withoutPixels)));
    expect(await readFrameLayout(file)).toBeUndefined();
  });
});

const data = testDataFolder();
const samples = data === undefined ? undefined : join(data, 'dicom/pydicom-samples');
if (samples === undefined) console.log('SKIPPED: pydicom samples: no test data here (TOMOCLICK_TEST_DATA)');
const testSamples = samples === undefined ? test.skip : test;

testSamples.each([
  ['MR_small.dcm', ['MR_small_implicit.dcm', 'MR_small_bigendian.dcm']],
  ['emri_small.dcm', ['emri_small_big_endian.dcm']],
])('gives the frames of %s from its copies in other transfer syntaxes', async (original, copies) => {
  const read = (name: string): Promise<readonly Buffer[]> => frames(readFileSync(join(samples ?? '', name)));
  const expected = await read(original);
  for (const copy of copies) expect(await read(copy)).toEqual(expected);
});

testSamples('gives pixel data as one value equal to its frames', async () => {
  const file = await readPart10(memorySource(readFileSync(join(samples ?? '', 'emri_small_big_endian.dcm'))));
  const layout = await readFrameLayout(file);
  if (layout?.kind !== 'native') throw new Error('the sample is native');
  const parts: Buffer[] = [];
  for await (const part of readPixelData(file, layout)) parts.push(part);
  const whole = Buffer.concat(parts);
  expect(whole).toHaveLength(pixelDataLength(file, layout));
  expect(Buffer.concat(await frames(readFileSync(join(samples ?? '', 'emri_small.dcm')))).equals(whole)).toBe(
    true,
  );
});

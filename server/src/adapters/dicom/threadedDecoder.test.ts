import { firstSliceOf } from '../../../../test/fixtures/firstSlice.ts';
import { afterEach, describe, expect, test } from '@jest/globals';
import { enhancedAttributes } from '../../../../test/fixtures/enhancedImage.ts';
import { imageAttributes, part10Of, type Attributes } from '../../../../test/fixtures/part10.ts';
import type { DecodedSlice } from '../../domain/decodedSlice.ts';
import { DicomFrameDecoder } from './dicomFrameDecoder.ts';
import { DicomSliceDecoder } from './dicomSliceDecoder.ts';
import { ThreadedDecoder } from './threadedDecoder.ts';

const RLE = '1.2.840.10008.1.2.5';
const PLACED: Attributes = {
  ImagePositionPatient: '0\\0\\0',
  ImageOrientationPatient: '1\\0\\0\\0\\1\\0',
  PixelSpacing: '1\\1',
  FrameOfReferenceUID: '1.2.9',
};
/** 2 × 3 pixels of 16 bits: a run of six bytes `value` for each half of them. */
function rleFrame(value: number): Buffer {
  const header = Buffer.alloc(64);
  header.writeUInt32LE(2, 0);
  header.writeUInt32LE(64, 4);
  header.writeUInt32LE(66, 8);
  return Buffer.concat([header, Buffer.of(251, 0, 251, value)]);
}

function rleSlice(value: number, changes: Attributes = {}): Buffer {
  const { PixelData: _, ...attributes } = imageAttributes({ ...PLACED, ...changes });
  return part10Of(attributes, { transferSyntaxUID: RLE, fragments: [rleFrame(value)] });
}

function enhanced(values: readonly number[], frameOf = rleFrame): Buffer {
  const options = { transferSyntaxUID: RLE, fragments: values.map(value => frameOf(value)) };
  return part10Of(enhancedAttributes(values.length), options);
}

async function allOf(slices: AsyncIterable<DecodedSlice>): Promise<DecodedSlice[]> {
  const all: DecodedSlice[] = [];
  for await (const slice of slices) all.push(slice);
  return all;
}

let decoder = new ThreadedDecoder();
/** The first image of a file. */
async function decode(file: Uint8Array): Promise<DecodedSlice> {
  for await (const slice of decoder.slicesOf(file)) return slice;
  throw new Error('the file holds no image');
}

afterEach(async () => {
  await decoder.close();
  decoder = new ThreadedDecoder();
});

describe('decoding in threads', () => {
  test('gives what decoding in place gives, for compressed and for plain files', async () => {
    for (const file of [rleSlice(7), part10Of(imageAttributes(PLACED))]) {
      expect(await decode(file)).toEqual(await firstSliceOf(file));
      expect(await decoder.decodeFrame(file, 0)).toEqual(await new DicomFrameDecoder().decodeFrame(file, 0));
    }
  });

  test('gives the frames of an Enhanced image in their order, each with its own place and rescale', async () => {
    const file = enhanced(Array.from({ length: 20 }, (_, n) => n + 1));
    const inPlace = await allOf(new DicomSliceDecoder().slicesOf(file));
    const slices = await allOf(decoder.slicesOf(file));
    expect(slices).toEqual(inPlace);
    expect(
      slices.map(({ pixels, frameNumber, imagePositionPatient, rescaleSlope }) => [
        ...[pixels[0], frameNumber, imagePositionPatient[2], rescaleSlope],
      ]),
    ).toEqual(Array.from({ length: 20 }, (_, n) => [n + 1, n + 1, 2 * n, n + 0.5]));
  });

  test('refuses an Enhanced image at the frame that is damaged, after those before it', async () => {
    const values = [1, 2, 3, 4, 5, 6];
    const file = enhanced(values, value => (value === 4 ? Buffer.alloc(70) : rleFrame(value)));
    const seen: number[] = [];
    const reading = (async () => {
      for await (const { pixels } of decoder.slicesOf(file)) seen.push(pixels[0] ?? NaN);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'unsupported-pixel-data', facts: { frameIndex: 3 } });
    expect(seen).toEqual([1, 2, 3]);
    expect((await decode(rleSlice(7))).pixels[0]).toBe(7);
  });

  test('leaves the file as it is', async () => {
    const file = rleSlice(7);
    const before = Buffer.from(file);
    await decode(file);
    expect(file.equals(before)).toBe(true);
  });

  test('mixes no images up, however many are asked for at once', async () => {
    const values = Array.from({ length: 40 }, (_, n) => n + 1);
    const slices = await Promise.all(values.map(value => decode(rleSlice(value))));
    expect(slices.map(({ pixels }) => [...pixels])).toEqual(
      values.map(value => Array.from({ length: 6 }, () => value)),
    );
  });

  test('refuses as decoding in place does, with the instance named, and goes on', async () => {
    const damaged = rleSlice(7, { Rows: 4, SOPInstanceUID: '1.2.77' });
    await expect(decode(damaged)).rejects.toMatchObject({
      code: 'unsupported-pixel-data',
      facts: { sopInstanceUID: '1.2.77' },
    });
    await expect(decoder.decodeFrame(rleSlice(7), 5)).rejects.toMatchObject({
      code: 'unsupported-pixel-data',
    });
    expect((await decode(rleSlice(7))).pixels[0]).toBe(7);
  });

  test('refuses a file whose header is too long, compressed or not, by its name', async () => {
    decoder = new ThreadedDecoder({ maxHeaderBytes: 2000 });
    const long = { SOPInstanceUID: '1.2.78', ImageComments: 'x'.repeat(2000) };
    const plain = part10Of(imageAttributes({ ...PLACED, ...long, Rows: 20, PixelData: Buffer.alloc(120) }));
    for (const file of [rleSlice(7, long), plain]) {
      await expect(decode(file)).rejects.toMatchObject({
        code: 'unsupported-pixel-data',
        facts: { sopInstanceUID: '1.2.78', maxHeaderBytes: 2000 },
      });
    }
    const wide = imageAttributes({ ...PLACED, Rows: 1000, PixelData: Buffer.alloc(6000) });
    expect((await decode(part10Of(wide))).pixels).toHaveLength(3000);
  });

  test('gives an image up that takes too long, and leaves none waiting behind it', async () => {
    decoder = new ThreadedDecoder({ maxThreads: 1, timeoutMs: 1 });
    const outcomes = await Promise.allSettled([1, 2, 3].map(value => decode(rleSlice(value))));
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'unsupported-pixel-data' } });
    }
  });

  test('ends with its owner: what is under way fails as cancelled, and so does what comes later', async () => {
    const underWay = Promise.allSettled([1, 2, 3, 4, 5, 6].map(value => decode(rleSlice(value))));
    await decoder.close();
    for (const outcome of await underWay) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'cancelled' } });
    }
    await expect(decode(rleSlice(1))).rejects.toMatchObject({ code: 'cancelled' });
  });
});

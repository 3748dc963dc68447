import { describe, expect, test } from '@jest/globals';
import { packBits, SAMPLES } from '../../../test/archive/dicomWebSamples.ts';
import { imageAttributes, part10Of } from '../../../test/fixtures/part10.ts';
import { memorySource } from './byteSource.ts';
import { toDicomJson } from './dicomJson.ts';
import { frameCountOf, readFrame, readFrameLayout } from './frameLayout.ts';
import { isHeaderLongerThan, readPart10, sopInstanceUIDOf } from './part10.ts';
import { writePart10, type Frames } from './part10Writer.ts';

/** The data set of a file as JSON, and its frames. */
async function contentOf(
  file: Uint8Array,
): Promise<{ readonly json: ReturnType<typeof toDicomJson>; pixels: Frames }> {
  const part10 = await readPart10(memorySource(file));
  const layout = await readFrameLayout(part10);
  const count = layout ? frameCountOf(layout) : 0;
  const frames: Uint8Array[] = [];
  for (let n = 1; layout && n <= count; n++) frames.push(await readFrame(part10, layout, n));
  const { transferSyntaxUID } = part10;
  return { json: toDicomJson(part10, path => path), pixels: { transferSyntaxUID, frames } };
}

describe('a file written of metadata and frames', () => {
  test('says what the file said that they came from, in bits that end on no byte, too', async () => {
    const bits = { Rows: 3, Columns: 3, BitsAllocated: 1, BitsStored: 1, HighBit: 0 };
    // Frames that begin at a byte would take as many bytes.
    const PixelData = packBits('101010101' + '110000011');
    const twoFrames = part10Of(imageAttributes({ ...bits, NumberOfFrames: 2, PixelData }));
    for (const file of [...SAMPLES, twoFrames]) {
      const { json, pixels } = await contentOf(file);
      expect(await contentOf(writePart10(json, pixels))).toEqual({ json, pixels });
    }
  });

  test('holds text that is longer than its value representation has room for', async () => {
    const { json, pixels } = await contentOf(SAMPLES[0] ?? Buffer.alloc(0));
    const wordy = { ...json, '00204000': { vr: 'LT', Value: ['ü'.repeat(40_000)] } };
    expect((await contentOf(writePart10(wordy, pixels))).json).toEqual(wordy);
  });

  test('has its name in its meta information', async () => {
    const { json, pixels } = await contentOf(SAMPLES[0] ?? Buffer.alloc(0));
    expect(sopInstanceUIDOf(writePart10(json, pixels))).toBe('1.2.3.1.1.1');
  });
});

describe('the start of a file', () => {
  const file = part10Of(imageAttributes({ Rows: 1000, PixelData: Buffer.alloc(6000) }));

  test('names its instance, wherever it is cut behind that', () => {
    expect(sopInstanceUIDOf(file)).toBe('1.2.3.1.1.1');
    for (const nothing of [Buffer.alloc(0), Buffer.alloc(400), file.subarray(0, 140)]) {
      expect(sopInstanceUIDOf(nothing)).toBeUndefined();
    }
  });

  test('is told from its pixels', () => {
    const headerBytes = file.length - 6000;
    expect(isHeaderLongerThan(headerBytes, file)).toBe(false);
    expect(isHeaderLongerThan(headerBytes - 1, file)).toBe(true);
    expect(isHeaderLongerThan(file.length, file)).toBe(false);
    expect(isHeaderLongerThan(100, Buffer.alloc(1000))).toBe(false);
  });
});

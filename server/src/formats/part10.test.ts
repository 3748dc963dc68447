import { describe, expect, test } from '@jest/globals';
import { imageAttributes, part10Of } from '../../../test/fixtures/part10.ts';
import { memorySource, type ByteSource } from './byteSource.ts';
import { MalformedDataSetError } from './dataSetReader.ts';
import { toDicomJson } from './dicomJson.ts';
import { headerVerdict, readPart10 } from './part10.ts';

const IMPLICIT = '1.2.840.10008.1.2';
/** Of the image of 2 × 3 pixels: head and value. */
const PIXEL_DATA_ELEMENT_BYTES = 8 + 12;

/** Whole elements in implicit little endian, in place of the pixel data. */
function withElements(elements: Uint8Array): Buffer {
  const file = part10Of(imageAttributes(), { transferSyntaxUID: IMPLICIT });
  return Buffer.concat([file.subarray(0, file.length - PIXEL_DATA_ELEMENT_BYTES), elements]);
}

function element(tag: number, value: Uint8Array): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16LE(tag >>> 16, 0);
  head.writeUInt16LE(tag & 0xffff, 2);
  head.writeUInt32LE(value.length, 4);
  return Buffer.concat([head, value]);
}

/** An item of a sequence. */
function itemOf(elements: readonly Uint8Array[]): Buffer {
  return element(0xfffee000, Buffer.concat(elements));
}

function emptyElements(count: number, tagOf: (n: number) => number): Buffer {
  return Buffer.concat(Array.from({ length: count }, (_, n) => element(tagOf(n), new Uint8Array())));
}

describe('a file that is made to cost', () => {
  test('is refused where a data set has more elements than any has', async () => {
    const many = withElements(emptyElements(20_000, n => 0x70010000 + n));
    await expect(readPart10(memorySource(many))).rejects.toThrow(MalformedDataSetError);
    const some = withElements(emptyElements(5_000, n => 0x70010000 + n));
    await expect(readPart10(memorySource(some))).resolves.toBeDefined();
  });

  test('is refused where its header is longer than any, and not read on', async () => {
    const whole = memorySource(withElements(element(0x00420011, new Uint8Array(4_000_000))));
    let longest = 0;
    const source: ByteSource = {
      size: whole.size,
      read: (position, length) => {
        longest = Math.max(longest, length);
        return whole.read(position, length);
      },
    };
    await expect(readPart10(source, 1_000_000)).rejects.toThrow(MalformedDataSetError);
    expect(longest).toBeLessThanOrEqual(1_000_000);
    await expect(readPart10(source)).resolves.toBeDefined();
  });

  test('names long values by URI, of whatever kind they are: as many numbers and texts would take all memory', async () => {
    const values = [
      element(0x00181063, Buffer.alloc(5_000_000, '\\')),
      element(0x00280010, new Uint8Array(5_000_000)),
    ];
    const json = toDicomJson(
      await readPart10(memorySource(withElements(Buffer.concat(values)))),
      path => path,
    );
    const uris = ['00181063', '00280010'].map(tag => [json[tag]?.vr, json[tag]?.BulkDataURI, tag]);
    expect(uris).toEqual([
      ['DS', '00181063', '00181063'],
      ['US', '00280010', '00280010'],
    ]);
  });

  test('is told where it looks, early on, as if the pixels began', () => {
    for (const tag of ['e07f1000', '7fe00010']) {
      const early = element(0x00081010, Buffer.concat([Buffer.from(tag, 'hex'), Buffer.from('OW\0\0')]));
      const many = emptyElements(20_000, n => 0x70010000 + n);
      expect(headerVerdict(withElements(Buffer.concat([early, many])))).toBe('too-many-elements');
    }
  });

  test('takes no more memory for its many long values than for a few', async () => {
    const long = Array.from({ length: 20 }, (_, n) =>
      element(0x00181070 + n, Buffer.alloc(4_000_000, '1\\')),
    );
    const short = element(0x00200010, Buffer.from('study 12'));
    const file = await readPart10(memorySource(withElements(Buffer.concat([...long, short]))));
    const json = toDicomJson(file, path => path);
    const values = Object.values(json).flatMap(({ Value = [] }) => Value);
    expect(values.length).toBeLessThan(20_000_000);
    // What is left out is named, and what is short is there.
    expect(json[`001810${(0x70 + 19).toString(16).toUpperCase()}`]).toMatchObject({
      BulkDataURI: `001810${(0x70 + 19).toString(16).toUpperCase()}`,
    });
    expect(json['00200010']).toEqual({ vr: 'SH', Value: ['study 12'] });
  });

  test('is refused where it has more short values than any', async () => {
    const items = Array.from({ length: 70 }, () =>
      itemOf(Array.from({ length: 1000 }, (_, n) => element(0x70010000 + n, Buffer.alloc(1000, 'a')))),
    );
    const sequence = element(0x00081115, Buffer.concat(items));
    const file = await readPart10(memorySource(withElements(sequence)));
    expect(() => toDicomJson(file, path => path)).toThrow(MalformedDataSetError);
  });

  test('is told from others, also where zeros stand in place of its header', () => {
    expect(headerVerdict(withElements(new Uint8Array(1_000_000)))).toBe('too-many-elements');
    const items = emptyElements(5_000, n => 0x70010000 + n);
    expect(
      headerVerdict(withElements(Buffer.concat([items, element(0x7fdf0010, new Uint8Array(200_000))]))),
    ).toBe('readable');
    expect(headerVerdict(part10Of(imageAttributes()))).toBe('readable');
    expect(headerVerdict(new Uint8Array(1_000_000))).toBe('readable');
  });
});

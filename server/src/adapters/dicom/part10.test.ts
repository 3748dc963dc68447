import { deflateRawSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { imageAttributes, part10Of } from '../../../../test/fixtures/part10.ts';
import { Part10 } from './part10.ts';

test('a file whose header is filled with zeros is refused before it is read, and named', () => {
  const { PixelData: _, ...attributes } = imageAttributes();
  const header = part10Of(attributes, { transferSyntaxUID: '1.2.840.10008.1.2' });
  const damaged = Buffer.concat([header, Buffer.alloc(2_000_000)]);
  let refusal: unknown;
  try {
    Part10.parse(damaged);
  } catch (error) {
    refusal = error;
  }
  expect(refusal).toMatchObject({
    code: 'unsupported-pixel-data',
    detail: 'The header of the file has too many elements.',
    facts: { sopInstanceUID: '1.2.3.1.1.1' },
  });
});

test('a deflated file whose header is filled with zeros is refused before it is read', () => {
  const { PixelData: _, ...attributes } = imageAttributes();
  const header = part10Of(attributes, { transferSyntaxUID: '1.2.840.10008.1.2.1.99' });
  const dataSetOffset = header.indexOf(Buffer.from([0x08, 0x00, 0x05, 0x00]));
  const dataSet = Buffer.concat([header.subarray(dataSetOffset), filler(20_000)]);
  const damaged = Buffer.concat([header.subarray(0, dataSetOffset), deflateRawSync(dataSet)]);
  expect(() => Part10.parse(damaged)).toThrow(expect.objectContaining({ code: 'unsupported-pixel-data' }));
  const sound = Buffer.concat([
    header.subarray(0, dataSetOffset),
    deflateRawSync(header.subarray(dataSetOffset)),
  ]);
  expect(Part10.parse(sound).string('x00080018')).toBe('1.2.3.1.1.1');
});

test('elements that stand behind one that other readers stumble over are counted, too', () => {
  const { PixelData: _, ...attributes } = imageAttributes();
  const header = part10Of(attributes);
  const [oddVr, undefinedLength] = [
    // Of VR `zz`; and LO of undefined length, which ends with an item delimiter.
    [0x01, 0x70, 0, 0, 0x7a, 0x7a, 0, 0],
    [0x01, 0x70, 0, 0, 0x55, 0x43, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x41, 0x42, 0x43, 0x44, 0, 0, 0, 0],
  ].map(bytes => Buffer.from(bytes));
  const delimiter = Buffer.from([0xfe, 0xff, 0x0d, 0xe0, 0, 0, 0, 0]);
  for (const odd of [oddVr!, Buffer.concat([undefinedLength!, delimiter])]) {
    const costly = Buffer.concat([header, odd, filler(20_000)]);
    expect(() => Part10.parse(costly)).toThrow(expect.objectContaining({ code: 'unsupported-pixel-data' }));
  }
  // An odd VR alone is no reason to refuse an image.
  const large = part10Of({ ...attributes, PixelData: Buffer.alloc(100_000) });
  const pixelData = large.indexOf(Buffer.from([0xe0, 0x7f, 0x10, 0x00]));
  const odd = Buffer.concat([large.subarray(0, pixelData), oddVr!, large.subarray(pixelData)]);
  expect(Part10.parse(odd).element('x7fe00010')).toMatchObject({ length: 100_000 });
});

/** So many empty elements in explicit little endian. */
function filler(count: number): Buffer {
  return Buffer.concat(
    Array.from({ length: count }, (_, n) => {
      const element = Buffer.from([0x01, 0x70, 0, 0, 0x4c, 0x4f, 0, 0]);
      element.writeUInt16LE(n, 2);
      return element;
    }),
  );
}

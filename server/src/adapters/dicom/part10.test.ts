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

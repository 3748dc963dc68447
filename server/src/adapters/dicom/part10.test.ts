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

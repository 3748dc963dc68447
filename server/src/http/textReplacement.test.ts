import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { TextReplacement } from './textReplacement.ts';

test('strings are replaced wherever the chunks of the stream are cut', async () => {
  const word = fc.constantFrom('aab', 'ab', 'x', 'é', 'aa', 'b');
  await fc.assert(
    fc.asyncProperty(
      fc.array(word, { maxLength: 20 }),
      fc.array(fc.nat(60), { maxLength: 6 }),
      async (words, cuts) => {
        const whole = Buffer.from(words.join(''));
        const places = [0, ...cuts.filter(cut => cut < whole.length).sort((a, b) => a - b), whole.length];
        const chunks = places.slice(1).map((end, index) => whole.subarray(places[index], end));
        const replaced = await text(Readable.from(chunks).pipe(new TextReplacement([['aab', '<1>'], ['xx', '']]))); // prettier-ignore
        expect(replaced).toBe(whole.toString().replaceAll(/aab|xx/g, hit => (hit === 'xx' ? '' : '<1>')));
      },
    ),
  );
});

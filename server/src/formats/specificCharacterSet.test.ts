import { describe, expect, test } from '@jest/globals';
import { textDecoding } from './specificCharacterSet.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');

describe('textDecoding', () => {
  // The examples of PS3.5 annexes H, I, J and K, and one for each kind of single-byte set.
  test.each([
    [['ISO_IR 100'], 'Buc^J\xe9r\xf4me', 'Buc^Jérôme'],
    [['ISO_IR 144'], '\xbb\xee\xda\x63\x65\xdc\xd1\xe3\xe0\xd3', 'Люкceмбург'],
    [['ISO_IR 192'], '\xe7\x8e\x8b^\xe5\xb0\x8f\xe6\x9d\xb1', '王^小東'],
    [['GB18030'], 'Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab=', 'Wang^XiaoDong=王^小东='],
    [['ISO_IR 13'], '\xd4\xcf\xc0\xde^\xc0\xdb\xb3', 'ﾔﾏﾀﾞ^ﾀﾛｳ'],
    [
      ['', 'ISO 2022 IR 87'],
      'Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B',
      'Yamada^Tarou=山田^太郎=やまだ^たろう',
    ],
    [
      ['', 'ISO 2022 IR 149'],
      'Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf',
      'Hong^Gildong=洪^吉洞=홍^길동',
    ],
    [
      ['', 'ISO 2022 IR 87', 'ISO 2022 IR 159'],
      'A^B=\x1b$B;3\x1b$(D0!\x1b$BED\x1b(B^\x1b$BB@\x1b$(D0~0"\x1b(B',
      'A^B=山丂田^太侄丄',
    ],
    // Escape sequences are left out by some writers where there is one set that they could name.
    [['', 'ISO 2022 IR 58'], 'Zhang^XiaoDong=\xd5\xc5^\xd0\xa1\xb6\xab', 'Zhang^XiaoDong=张^小东'],
    [['', 'ISO 2022 IR 149'], 'Hong^Gildong=\xfb\xf3^\xd1\xce\xd4\xd7', 'Hong^Gildong=洪^吉洞'],
    [['', 'ISO 2022 IR 149'], 'M\xc3\xbcller', 'Müller'],
    [['', 'ISO 2022 IR 87'], 'M\xfcller', 'Müller'],
    [['ISO 2022 IR 100', 'ISO 2022 IR 144'], '\xe4 \x1b-L\xbb \x1b-A\xe4', 'ä Л ä'],
    [[], 'plain', 'plain'],
    [[], 'M\xc3\xbcller', 'Müller'],
    [[], 'M\xfcller', 'Müller'],
    [['UNKNOWN 1'], 'M\xfcller', 'Müller'],
  ])('reads %j', (terms, encoded, text) => {
    expect(textDecoding(terms)(bytes(encoded))).toBe(text);
  });

  test('of a name returns to the first set behind each of its parts, where that has letters of its own', () => {
    const [latinFirst, none] = [
      ['ISO 2022 IR 100', 'ISO 2022 IR 144'],
      ['', 'ISO 2022 IR 149'],
    ];
    const cyrillic = bytes('Buc^J\xe9r\xf4me=\x1b-L\xbb\xee\xda^\xc4\xd6');
    expect(textDecoding(latinFirst)(cyrillic, 'PN')).toBe('Buc^Jérôme=Люк^ÄÖ');
    // In other texts these characters divide nothing.
    expect(textDecoding(latinFirst)(bytes('\x1b-L\xbb=\xee'), 'LO')).toBe('Л=ю');
    // Some writers call their one set once for all parts.
    expect(textDecoding(none)(bytes('\x1b$)C\xfb\xf3^\xd1\xce\xd4\xd7'), 'PN')).toBe('洪^吉洞');
  });
});

/** Defined terms of SpecificCharacterSet (PS3.3 C.12.1.1.2), less `ISO_IR ` or `ISO 2022 IR `, to encodings. */
const ENCODINGS: Readonly<Record<string, string>> = {
  '6': 'windows-1252',
  '100': 'iso-8859-1',
  '101': 'iso-8859-2',
  '109': 'iso-8859-3',
  '110': 'iso-8859-4',
  '144': 'iso-8859-5',
  '127': 'iso-8859-6',
  '126': 'iso-8859-7',
  '138': 'iso-8859-8',
  '148': 'iso-8859-9',
  '203': 'iso-8859-15',
  '166': 'windows-874',
  '13': 'shift_jis',
  '192': 'utf-8',
  GB18030: 'gb18030',
  GBK: 'gbk',
};

/** Escape sequences of code extensions (PS3.3 table C.12-3 and C.12-4), without ESC. */
const DESIGNATIONS: Readonly<Record<string, string>> = {
  '(B': 'windows-1252',
  '-A': 'iso-8859-1',
  '-B': 'iso-8859-2',
  '-C': 'iso-8859-3',
  '-D': 'iso-8859-4',
  '-L': 'iso-8859-5',
  '-G': 'iso-8859-6',
  '-F': 'iso-8859-7',
  '-H': 'iso-8859-8',
  '-M': 'iso-8859-9',
  '-b': 'iso-8859-15',
  '-T': 'windows-874',
  '(J': 'shift_jis',
  ')I': 'shift_jis',
  '$)C': 'euc-kr',
  '$)A': 'gb18030',
  $B: 'iso-2022-jp',
};

const ESCAPE = /\x1b(\$[()]?[A-Z@]|[(\-)][A-Za-z])/;

/** Text of a LO, PN, SH … element. `specificCharacterSet` is the value of (0008,0005) with its backslashes. */
export function decodeText(bytes: Uint8Array, specificCharacterSet: string): string {
  const [first = ''] = specificCharacterSet.split('\\');
  const initial = ENCODINGS[first.trim().replace(/^ISO(_IR| 2022 IR) /, '')] ?? 'windows-1252';
  // Latin-1 keeps every byte as one character, so that the split is one of bytes.
  const [head = '', ...rest] = Buffer.from(bytes).toString('latin1').split(ESCAPE);
  let text = decode(head, initial);
  for (let index = 0; index + 1 < rest.length; index += 2) {
    const designation = rest[index] ?? '';
    const encoding = DESIGNATIONS[designation] ?? initial;
    // This decoder alone keeps state, and starts in ASCII.
    text += decode(
      encoding === 'iso-2022-jp' ? `\x1b${designation}${rest[index + 1]}` : (rest[index + 1] ?? ''),
      encoding,
    );
  }
  return text.replace(/[ \0]+$/, '');
}

function decode(latin1: string, encoding: string): string {
  return new TextDecoder(encoding).decode(Buffer.from(latin1, 'latin1'));
}

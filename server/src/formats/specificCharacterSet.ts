/** Encodings of PS3.3 C.12.1.1.2 by their defined term, as names that TextDecoder knows. */
const ENCODINGS: Readonly<Record<string, string>> = {
  'ISO_IR 6': 'windows-1252',
  'ISO_IR 100': 'windows-1252',
  'ISO_IR 101': 'iso-8859-2',
  'ISO_IR 109': 'iso-8859-3',
  'ISO_IR 110': 'iso-8859-4',
  'ISO_IR 144': 'iso-8859-5',
  'ISO_IR 127': 'iso-8859-6',
  'ISO_IR 126': 'iso-8859-7',
  'ISO_IR 138': 'iso-8859-8',
  'ISO_IR 148': 'windows-1254',
  'ISO_IR 203': 'iso-8859-15',
  'ISO_IR 13': 'shift_jis',
  'ISO_IR 166': 'windows-874',
  'ISO_IR 192': 'utf-8',
  GB18030: 'gb18030',
  GBK: 'gbk',
  'ISO 2022 IR 87': 'iso-2022-jp',
  'ISO 2022 IR 159': 'iso-2022-jp',
  'ISO 2022 IR 149': 'euc-kr',
  'ISO 2022 IR 58': 'gb2312',
};

/** Escape sequences (behind ESC) that choose the encoding of what follows (PS3.3 tables C.12-3 and C.12-4). */
const ESCAPES: readonly (readonly [sequence: string, encoding: string])[] = [
  ['$)C', 'euc-kr'],
  ['$)A', 'gb2312'],
  ['-A', 'windows-1252'],
  ['-B', 'iso-8859-2'],
  ['-C', 'iso-8859-3'],
  ['-D', 'iso-8859-4'],
  ['-L', 'iso-8859-5'],
  ['-G', 'iso-8859-6'],
  ['-F', 'iso-8859-7'],
  ['-H', 'iso-8859-8'],
  ['-M', 'windows-1254'],
  ['-b', 'iso-8859-15'],
  ['-T', 'windows-874'],
  [')I', 'shift_jis'],
  ['(J', 'shift_jis'],
];

const ESC = 0x1b;

/** Turns the bytes of text elements into strings. In a PN, escape sequences reach to the end of a part of the name. */
export type TextDecoding = (bytes: Uint8Array, vr?: string) => string;

const decoders = new Map<string, TextDecoder>();

function decoder(encoding: string, fatal = false): TextDecoder {
  const key = `${encoding} ${fatal}`;
  const known = decoders.get(key) ?? new TextDecoder(encoding, { fatal });
  decoders.set(key, known);
  return known;
}

/** @param terms values of SpecificCharacterSet (0008,0005); unknown ones count as absent */
export function textDecoding(terms: readonly string[]): TextDecoding {
  // "ISO 2022 IR 100" is ISO_IR 100 with escape sequences allowed.
  const known = terms.map(
    term =>
      ENCODINGS[term] ?? ENCODINGS[term.replace(/^ISO 2022 IR /, 'ISO_IR ').replace(/^ISO-IR/, 'ISO_IR')],
  );
  const initial = known[0];
  // Some writers leave out the escape sequences of the one set that they could name; ISO-2022-JP is nothing without.
  const unescaped = known.find(encoding => encoding !== undefined && encoding !== 'iso-2022-jp');
  // The default repertoire has no letters above ASCII: what stands there is of the set that was called before.
  const hasLetters = initial !== undefined && !/IR 6$/.test(terms[0] ?? '');
  return (bytes, vr) => {
    if (isAscii(bytes)) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
    if (bytes.includes(ESC) && terms.length > 0) {
      return decodeWithEscapes(bytes, initial ?? 'windows-1252', vr === 'PN' && hasLetters);
    }
    return initial === undefined ? decodeUndeclared(bytes, unescaped) : decoder(initial).decode(bytes);
  };
}

function isAscii(bytes: Uint8Array): boolean {
  return bytes.every(byte => byte < 0x80 && byte !== ESC);
}

/** Files without SpecificCharacterSet should hold ASCII only; many hold UTF-8 or Latin-1. */
function decodeUndeclared(bytes: Uint8Array, encoding = 'windows-1252'): string {
  try {
    return decoder('utf-8', true).decode(bytes);
  } catch {
    return decoder(encoding).decode(bytes);
  }
}

/** Two bytes a character; EUC-JP has those of JIS X 0212 as well, behind 8F and with the high bits set. */
function decodeJisX0212(codes: Uint8Array): string {
  const euc: number[] = [];
  for (let at = 0; at + 1 < codes.length; at += 2) euc.push(0x8f, codes[at]! | 0x80, codes[at + 1]! | 0x80);
  return decoder('euc-jp').decode(Uint8Array.from(euc));
}

/** @param isReset whether the parts of a name begin in the initial encoding (PS3.5 6.1.2.5.3) */
function decodeWithEscapes(bytes: Uint8Array, initial: string, isReset: boolean): string {
  const starts = [0];
  for (let at = bytes.indexOf(ESC); at >= 0; at = bytes.indexOf(ESC, at + 1)) if (at > 0) starts.push(at);
  return starts
    .map((start, turn) => {
      const run = bytes.subarray(start, starts[turn + 1]);
      if (run[0] !== ESC) return decoder(initial).decode(run);
      const head = Buffer.from(run.subarray(1, 5)).toString('latin1');
      if (head.startsWith('$B') || head.startsWith('$@')) return decoder('iso-2022-jp').decode(run);
      if (head.startsWith('$(D')) return decodeJisX0212(run.subarray(4));
      const escape = ESCAPES.find(([sequence]) => head.startsWith(sequence));
      if (escape) {
        const text = run.subarray(1 + escape[0].length);
        const end = isReset ? endOfPart(text) : text.length;
        return decoder(escape[1]).decode(text.subarray(0, end)) + decoder(initial).decode(text.subarray(end));
      }
      // ESC ( B returns to ASCII; PS3.5 6.1.2.5.3 resets the other half to the first value's set.
      return decoder(head.startsWith('(B') ? initial : 'windows-1252').decode(run.subarray(3));
    })
    .join('');
}

/** Where ^ or = ends a part of a name; no byte of a multi-byte set that is in use is one of these. */
function endOfPart(text: Uint8Array): number {
  const end = text.findIndex(byte => byte === 0x5e || byte === 0x3d);
  return end < 0 ? text.length : end;
}

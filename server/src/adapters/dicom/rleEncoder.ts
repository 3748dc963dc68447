const HEADER_BYTES = 64;
const LONGEST_RUN = 128;

/**
 * One frame of a single sample a pixel in RLE Lossless (PS3.5 annex G): a segment for each byte of a sample, most
 * significant first, every row for itself.
 * @param frame little-endian samples, row by row
 */
export function encodeRle(frame: Uint8Array, columns: number, bytesPerSample: 1 | 2): Uint8Array {
  const segments = Array.from({ length: bytesPerSample }, (_, segment) =>
    encodeSegment(frame, columns, bytesPerSample, bytesPerSample - 1 - segment),
  );
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(segments.length, 0);
  let offset = HEADER_BYTES;
  segments.forEach(({ length }, index) => {
    header.writeUInt32LE(offset, 4 * (index + 1));
    offset += length;
  });
  return Buffer.concat([header, ...segments]);
}

/** PackBits of every `stride`-th byte from `first` on, padded to an even length. */
function encodeSegment(frame: Uint8Array, columns: number, stride: number, first: number): Uint8Array {
  const rows = frame.length / (columns * stride);
  // At worst every run of 128 bytes is literal.
  const packed = new Uint8Array(rows * (columns + Math.ceil(columns / LONGEST_RUN)) + 1);
  const row = new Uint8Array(columns);
  let length = 0;
  for (let j = 0; j < rows; j++) {
    for (let i = 0, from = j * columns * stride + first; i < columns; i++, from += stride) {
      row[i] = frame[from]!;
    }
    length = packRow(row, packed, length);
  }
  return packed.subarray(0, length + (length % 2));
}

/** @returns where the next row begins in `packed` */
function packRow(row: Uint8Array, packed: Uint8Array, start: number): number {
  let to = start;
  let from = 0;
  let literalFrom = 0;
  const flushLiteral = (): void => {
    for (let at = literalFrom; at < from; at += LONGEST_RUN) {
      const count = Math.min(LONGEST_RUN, from - at);
      packed[to++] = count - 1;
      packed.set(row.subarray(at, at + count), to);
      to += count;
    }
  };
  while (from < row.length) {
    const run = runLength(row, from);
    // A run of two inside a literal saves nothing.
    if (run < 3 && !(run === 2 && literalFrom === from)) {
      from += run;
      continue;
    }
    flushLiteral();
    packed[to++] = 257 - run;
    packed[to++] = row[from]!;
    from += run;
    literalFrom = from;
  }
  flushLiteral();
  return to;
}

function runLength(row: Uint8Array, from: number): number {
  const value = row[from];
  const end = Math.min(row.length, from + LONGEST_RUN);
  let to = from + 1;
  while (to < end && row[to] === value) to++;
  return to - from;
}

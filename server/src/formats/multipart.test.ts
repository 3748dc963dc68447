import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Problem } from '../domain/errors.ts';
import {
  boundaryOf,
  collectPart,
  multipartContentType,
  newBoundary,
  parseMultipart,
  writeMultipart,
  type OutgoingPart,
} from './multipart.ts';

const BOUNDARY = 'b0undary';

async function* inChunks(message: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let start = 0;
  for (let turn = 0; start < message.length; turn++) {
    const size = sizes[turn % sizes.length] ?? message.length;
    yield message.subarray(start, start + size);
    start += size;
    await Promise.resolve();
  }
}

async function read(message: Uint8Array | string, sizes: readonly number[] = [message.length || 1]) {
  const bytes = typeof message === 'string' ? Buffer.from(message, 'latin1') : message;
  const parts: { headers: Record<string, string>; body: string }[] = [];
  for await (const part of parseMultipart(inChunks(bytes, sizes), BOUNDARY)) {
    const body = Buffer.from(await collectPart(part)).toString('latin1');
    parts.push({ headers: Object.fromEntries(part.headers), body });
  }
  return parts;
}

async function written(parts: Iterable<OutgoingPart>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of writeMultipart(parts, BOUNDARY)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function problemCode(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof Problem) return error.code;
  }
  return 'none';
}

// Bodies made of pieces of the delimiter, so that false starts are frequent.
const trickyBody = fc
  .array(
    fc.constantFrom(
      '\r',
      '\n',
      '\r\n',
      '--',
      '\r\n--',
      '\r\n--b0',
      '\r\n--b0undar',
      'b0undary',
      'x',
      '\0',
      '',
    ),
    { maxLength: 12 },
  )
  .map(pieces => pieces.join(''))
  .filter(body => !`\r\n${body}\r\n`.includes(`\r\n--${BOUNDARY}`));

describe('parseMultipart', () => {
  test('reads back what writeMultipart wrote, however the bytes are chunked', async () => {
    const part = fc.record({ body: trickyBody, streamed: fc.boolean(), type: fc.constantFrom('a/b', 'c/d') });
    const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 5 }), sizes, async (parts, chunkSizes) => {
        const message = await written(
          parts.map(({ body, streamed, type }) => {
            const bytes = Buffer.from(body, 'latin1');
            return { headers: { 'Content-Type': type }, body: streamed ? inChunks(bytes, [3]) : bytes };
          }),
        );
        const back = await read(message, chunkSizes);
        expect(back.map(({ body, headers }) => [body, headers['content-type']])).toEqual(
          parts.map(({ body, type }) => [body, type]),
        );
      }),
    );
  });

  test('skips a preamble and ignores an epilogue', async () => {
    const message = `hello\r\nthere\r\n--${BOUNDARY}\r\nA: 1\r\n\r\nbody\r\n--${BOUNDARY}--\r\nbye`;
    expect(await read(message, [4])).toEqual([{ headers: { a: '1' }, body: 'body' }]);
  });

  test('accepts padding behind the boundary, folded headers and parts without headers', async () => {
    const message = `--${BOUNDARY} \t\r\nA: 1;\r\n b=2\r\n\r\nx\r\n--${BOUNDARY}\r\n\r\ny\r\n--${BOUNDARY}--`;
    for (const size of [1, 2, 7, 1000]) {
      expect(await read(message, [size])).toEqual([
        { headers: { a: '1; b=2' }, body: 'x' },
        { headers: {}, body: 'y' },
      ]);
    }
  });

  test('skips what the reader left of a part', async () => {
    const bytes = await written([
      { headers: {}, body: Buffer.alloc(1000, 1) },
      { headers: {}, body: inChunks(Buffer.alloc(1000, 2), [10]) },
      { headers: {}, body: Buffer.from('last') },
    ]);
    const seen: number[] = [];
    for await (const part of parseMultipart(inChunks(bytes, [64]), BOUNDARY)) {
      for await (const chunk of part.body) {
        seen.push(chunk[0] ?? -1);
        break;
      }
    }
    expect(seen).toEqual([1, 2, 'l'.charCodeAt(0)]);
  });

  test('takes a body that contains the delimiter when its Content-Length says so', async () => {
    const body = `one\r\n--${BOUNDARY}\r\ntwo`;
    const message = `--${BOUNDARY}\r\nContent-Length: ${body.length}\r\n\r\n${body}\r\n--${BOUNDARY}--`;
    expect((await read(message, [5])).map(part => part.body)).toEqual([body]);
  });

  test('rejects every truncation as invalid-request', async () => {
    const whole = await written([
      { headers: { A: '1' }, body: Buffer.from('counted') },
      { headers: { A: '2' }, body: inChunks(Buffer.from('scanned'), [3]) },
    ]);
    const closed = whole.lastIndexOf('--') + 2;
    for (let length = 0; length < closed; length++) {
      await expect(read(whole.subarray(0, length), [7])).rejects.toMatchObject({ code: 'invalid-request' });
    }
    await expect(read(whole.subarray(0, closed), [7])).resolves.toHaveLength(2);
  });

  test.each([
    ['a Content-Length too small', `--${BOUNDARY}\r\nContent-Length: 2\r\n\r\nbody\r\n--${BOUNDARY}--`],
    ['a Content-Length that is no number', `--${BOUNDARY}\r\nContent-Length: -2\r\n\r\nx\r\n--${BOUNDARY}--`],
    ['headers without end', `--${BOUNDARY}\r\nA: ${'x'.repeat(40_000)}`],
    ['a header without a name', `--${BOUNDARY}\r\n: x\r\n\r\nx\r\n--${BOUNDARY}--`],
    ['text behind the boundary', `--${BOUNDARY}more\r\n\r\nx\r\n--${BOUNDARY}--`],
  ])('rejects %s', async (_fault, message) => {
    await expect(read(message, [1000])).rejects.toMatchObject({ code: 'invalid-request' });
  });

  test('tells the source when the reader stops early', async () => {
    let closed = false;
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) {
          await Promise.resolve();
          yield Buffer.from(`--${BOUNDARY}\r\n\r\nx\r\n`);
        }
      } finally {
        closed = true;
      }
    }
    for await (const _part of parseMultipart(source(), BOUNDARY)) break;
    expect(closed).toBe(true);
  });
});

describe('collectPart', () => {
  test('refuses a part past the limit', async () => {
    const part = { headers: new Map<string, string>(), body: inChunks(Buffer.alloc(100), [10]) };
    await expect(collectPart(part, { maxBytes: 99 })).rejects.toMatchObject({ code: 'payload-too-large' });
  });
});

describe('boundaryOf', () => {
  test.each([
    ['multipart/related; type="application/dicom"; boundary=abc', 'abc'],
    ['Multipart/Related; boundary="a b;c\\"d"; type=application/dicom', 'a b;c"d'],
    ['multipart/related;type=application/dicom;boundary=x=y', 'x=y'],
    [multipartContentType('application/dicom', 'zzz'), 'zzz'],
  ])('reads %s', (contentType, boundary) => {
    expect(boundaryOf(contentType)).toBe(boundary);
  });

  test('reads the boundaries we write', () => {
    const boundary = newBoundary();
    expect(boundaryOf(multipartContentType('application/octet-stream', boundary))).toBe(boundary);
  });

  test.each([
    ['application/dicom', 'unsupported-media-type'],
    ['', 'unsupported-media-type'],
    ['multipart/related', 'invalid-request'],
    ['multipart/related; boundary=""', 'invalid-request'],
    [`multipart/related; boundary=${'x'.repeat(71)}`, 'invalid-request'],
  ])('refuses %p as %s', (contentType, code) => {
    expect(problemCode(() => boundaryOf(contentType))).toBe(code);
  });
});

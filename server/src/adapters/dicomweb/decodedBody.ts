import { pipeline, type Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

const DECOMPRESSORS: Readonly<Record<string, typeof createGunzip>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/**
 * A body without its Content-Encoding (RFC 9110 8.4), of which at most one is taken off: nothing compressed is asked
 * for, but proxies send it all the same. An unknown one is left: whoever reads the body will say what is wrong with it.
 */
export function decodedBody(body: Readable, contentEncoding: string | null): Readable {
  const decompressor = DECOMPRESSORS[contentEncoding?.trim().toLowerCase() ?? ''];
  // A failure of either destroys both, so that whoever reads the last one learns of it.
  return decompressor ? pipeline(body, decompressor(), () => undefined) : body;
}

import { request } from 'node:http';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';

export interface TimedReply {
  readonly status: number;
  /** From sending the request to the last byte of the reply. */
  readonly wallMs: number;
  /** Parts of the server's time, by name. */
  readonly serverMs: Readonly<Record<string, number>>;
  /** Length of the body as it travelled. */
  readonly sentBytes: number;
  readonly body: Uint8Array;
  readonly header: (name: string) => string | undefined;
}

const TIMEOUT_MS = 120_000;

/** A POST of JSON as a browser sends it (compression welcome). @throws Error when nothing answers in time */
export function timedPost(url: string, body: unknown, accept = 'application/dicom'): Promise<TimedReply> {
  const text = JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const outgoing = request(
      url,
      {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json',
          'Content-Length': Buffer.byteLength(text),
          'Accept-Encoding': 'gzip, deflate, br',
          Accept: accept,
        },
        // The server may close an idle connection at the moment it is used again.
        agent: false,
        timeout: TIMEOUT_MS,
      },
      response => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const wallMs = performance.now() - start;
          const sent = Buffer.concat(chunks);
          const header = (name: string): string | undefined => {
            const value = response.headers[name.toLowerCase()];
            return Array.isArray(value) ? value.join(', ') : value;
          };
          resolve({
            ...{ status: response.statusCode ?? 0, wallMs, sentBytes: sent.length, header },
            serverMs: serverTiming(header('server-timing') ?? ''),
            body: decoded(sent, header('content-encoding')),
          });
        });
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)));
    outgoing.on('error', reject);
    outgoing.end(text);
  });
}

function serverTiming(header: string): Record<string, number> {
  const entries = [...header.matchAll(/([\w-]+);dur=([\d.]+)/g)];
  return Object.fromEntries(entries.map(([, part = '', ms = '0']) => [part, Number(ms)]));
}

function decoded(sent: Buffer, encoding: string | undefined): Uint8Array {
  if (sent.length === 0) return sent;
  switch (encoding) {
    case 'gzip':
      return gunzipSync(sent);
    case 'deflate':
      return inflateSync(sent);
    case 'br':
      return brotliDecompressSync(sent);
    default:
      return sent;
  }
}

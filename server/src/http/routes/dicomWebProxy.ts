import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { Router, type Request, type Response } from 'express';
import { Problem } from '../../domain/errors.ts';
import { archiveLocation, type ArchiveLocation } from '../../formats/archiveLocation.ts';
import { PATIENT_DATA_CACHING } from '../patientDataCaching.ts';
import { TextReplacement } from '../textReplacement.ts';

const METHODS = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'DELETE'];
/** RFC 9110 7.6.1. */
const HOP_BY_HOP = [
  ...['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection'],
  ...['te', 'trailer', 'transfer-encoding', 'upgrade'],
];
/** Ours, not the archive's; and the archive's replies must stay readable to `TextReplacement`. */
const NOT_FORWARDED = [
  ...['host', 'cookie', 'accept-encoding', 'origin', 'referer', 'forwarded', 'expect'],
  // With some servers they go before the address and the method that were looked at here.
  ...['x-original-url', 'x-rewrite-url', 'x-http-method-override', 'x-http-method', 'x-method-override'],
];
/** What browsers are told of our origin, and how our log names a request, is not the archive's to say. */
const NOT_ANSWERED = [
  ...['set-cookie', 'x-request-id', 'clear-site-data', 'strict-transport-security', 'alt-svc', 'refresh'],
  ...['content-security-policy', 'content-security-policy-report-only', 'permissions-policy'],
  ...['referrer-policy', 'timing-allow-origin', 'x-content-type-options', 'x-frame-options'],
];
/** Cross-Origin Resource Sharing and its like: patients' images are for no other site, whatever the archive allows. */
const OF_OTHER_ORIGINS = /^(access-control-|cross-origin-)/;
/** What an archive may say of caches: it knows best how long one reader's browser may keep something. */
const KEPT_BY_NO_OTHERS = /\b(private|no-store)\b/i;
/** Scheme and authority of a request in absolute form (RFC 9112 3.2.2), which name us and not the archive. */
const WHOLE_ADDRESS = /^[^/?]*:\/\/[^/?]*/;
/** Longest silence of the archive. */
const IDLE_TIMEOUT_MS = 60_000;

/**
 * The DICOMweb interface of a PACS at our own door, so that the viewer speaks to one origin. Bodies are streamed
 * both ways. URLs of the archive in JSON and XML are turned into ours.
 */
export function dicomWebProxyRouter(archiveUrl: string): Router {
  const location = archiveLocation(archiveUrl);
  const router = Router();
  router.use(async (request, response) => {
    requireDicomWebMethod(request.method);
    requireBelowRoot(request.path);
    const reply = await forward(request, response, location);
    await answer(request, response, reply, location);
  });
  return router;
}

/** TRACE is answered with what was asked, our credentials included. @throws Problem invalid-request */
function requireDicomWebMethod(method: string): void {
  if (METHODS.includes(method)) return;
  throw new Problem('invalid-request', `DICOMweb has no ${method}.`);
}

/**
 * Beside its DICOMweb root an archive may have an interface that administers it, and we would show it our credentials.
 * Dots and slashes count encoded, too, however often: each server behind us may decode them once. So do dots with
 * parameters (`..;`), which Java servers take off before they resolve the dots.
 * @throws Problem invalid-request
 */
function requireBelowRoot(path: string): void {
  const segments = decoded(path)?.split(/[\\/]/);
  if (segments && !segments.some(segment => /^\.\.?(;|$)/.test(segment))) return;
  throw new Problem('invalid-request', 'Correct the address: it leads out of the DICOMweb interface.');
}

/** However often it was encoded; undefined where it cannot be decoded. */
function decoded(path: string): string | undefined {
  try {
    decodeURIComponent(path);
  } catch {
    return undefined;
  }
  for (let text = path; ;) {
    // Byte by byte, which is enough for what is ASCII.
    const plain = text.replace(/%([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
    if (plain === text) return text;
    text = plain;
  }
}

/**
 * @param isAnew on a connection of its own
 * @throws Problem archive-unreachable, archive-timeout, cancelled
 */
function forward(
  request: Request,
  response: Response,
  location: ArchiveLocation,
  isAnew = false,
): Promise<IncomingMessage> {
  const url = new URL(`${location.root}${request.url.replace(WHOLE_ADDRESS, '')}`);
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    let isAnswered = false;
    const options = {
      ...{ method: request.method, headers: requestHeaders(request, location), timeout: IDLE_TIMEOUT_MS },
      ...(isAnew && { agent: false }),
    };
    const outgoing = send(url, options, reply => {
      isAnswered = true;
      resolve(reply);
    });
    outgoing.on('timeout', () =>
      outgoing.destroy(new Problem('archive-timeout', 'The archive is silent; check it, or try again.')),
    );
    outgoing.on('error', cause => {
      // The archive may give an idle connection up at the moment at which it is used again.
      const isGivenUp =
        outgoing.reusedSocket && !isAnswered && 'code' in cause && cause.code === 'ECONNRESET';
      if (isGivenUp && !isAnew && isRepeatable(request) && !response.destroyed) {
        resolve(forward(request, response, location, true));
      } else reject(problemOf(cause, response));
    });
    response.on('close', () => outgoing.destroy());
    // Errors of the incoming side reach `outgoing`, which rejects.
    if (isRepeatable(request)) outgoing.end();
    else pipeline(request, outgoing).catch(() => undefined);
  });
}

/** Changes nothing, and has no body. */
function isRepeatable({ method, headers }: Request): boolean {
  return ['GET', 'HEAD'].includes(method) && Object.keys(framing(headers)).length === 0;
}

function requestHeaders(request: Request, { authorization }: ArchiveLocation): IncomingHttpHeaders {
  const { host } = request.headers;
  const proto = request.protocol;
  return {
    ...without(request.headers, [...HOP_BY_HOP, ...NOT_FORWARDED]),
    ...framing(request.headers),
    ...(authorization !== undefined && { authorization }),
    'accept-encoding': 'identity',
    // Orthanc makes its RetrieveURL and BulkDataURI of this.
    ...(host !== undefined && {
      forwarded: `host=${host};proto=${proto}`,
      'x-forwarded-host': host,
      'x-forwarded-proto': proto,
    }),
  };
}

/**
 * How the archive knows where the body ends. Node does not tell it with a GET, DELETE or OPTIONS: the archive would
 * take the body for a request, and the next reader on this connection would be given its answer.
 */
function framing(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const length = headers['content-length'];
  if (headers['transfer-encoding'] !== undefined) return { 'transfer-encoding': 'chunked' };
  return length === undefined ? {} : { 'content-length': length };
}

async function answer(
  request: Request,
  response: Response,
  reply: IncomingMessage,
  location: ArchiveLocation,
): Promise<void> {
  const replaced = archiveAddresses(request, location);
  const isText = /[/+](json|xml)\b/.test(reply.headers['content-type'] ?? '');
  const headers = without(reply.headers, [
    ...[...HOP_BY_HOP, ...NOT_ANSWERED],
    ...(isText ? ['content-length'] : []),
  ]);
  response.status(reply.statusCode ?? 502);
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !OF_OTHER_ORIGINS.test(name)) response.setHeader(name, value);
  }
  if (!KEPT_BY_NO_OTHERS.test(reply.headers['cache-control'] ?? '')) {
    response.setHeader('Cache-Control', PATIENT_DATA_CACHING);
  }
  const { location: redirection } = reply.headers;
  if (redirection !== undefined) response.setHeader('Location', replaceAll(redirection, replaced));
  try {
    if (isText) await pipeline(reply, new TextReplacement(replaced), response);
    else await pipeline(reply, response);
  } catch {
    // The head is out already: a connection that is cut tells the caller that the body is not whole.
    response.destroy();
  }
}

/** What the archive may call itself, each with what the browser has to call it. */
function archiveAddresses(
  request: Request,
  { root }: ArchiveLocation,
): readonly (readonly [string, string])[] {
  const ours = `${request.protocol}://${request.headers.host ?? ''}`;
  const mounted = `${ours}${request.baseUrl}`;
  const addresses = [root, `${ours}${new URL(root).pathname.replace(/\/+$/, '')}`];
  return addresses
    .filter(address => address !== mounted && address !== ours)
    .map(address => [address, mounted]);
}

function replaceAll(text: string, replaced: readonly (readonly [string, string])[]): string {
  return replaced.reduce((result, [from, to]) => result.replaceAll(from, to), text);
}

function without(headers: IncomingHttpHeaders, names: readonly string[]): IncomingHttpHeaders {
  // RFC 9110 7.6.1: Connection may name further headers of this hop.
  const named = (headers.connection ?? '').split(',').map(name => name.trim().toLowerCase());
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !names.includes(name) && !named.includes(name)),
  );
}

function problemOf(cause: Error, response: Response): Problem {
  if (cause instanceof Problem) return cause;
  if (response.destroyed) return new Problem('cancelled', 'The caller went away.', {}, { cause });
  const reason = 'code' in cause ? String(cause.code) : 'connection lost';
  return new Problem('archive-unreachable', 'Check that the archive runs.', { reason }, { cause });
}

import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import { Problem } from '../domain/errors.ts';

/** Lets only those in who show the token (RFC 6750); everybody where none is set. */
export function workerToken(expected: string | undefined): RequestHandler {
  return (request, response, next) => {
    const shown = /^Bearer (.+)$/i.exec(request.get('Authorization') ?? '')?.[1];
    if (expected !== undefined && (shown === undefined || !isSame(shown, expected))) {
      response.setHeader('WWW-Authenticate', 'Bearer');
      throw new Problem('unauthenticated', 'Show the token of TOMOCLICK_WORKER_TOKEN as a bearer token.');
    }
    next();
  };
}

/** Takes as long whichever character differs. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

import type { RequestHandler, Response } from 'express';

export const REQUEST_ID_HEADER = 'X-Request-Id';

/** What a caller may choose: short, and harmless in a log. */
const ACCEPTED = /^[A-Za-z0-9._-]{1,64}$/;

/** Every response names its request: by the caller's id where it sent one, else by a new one. */
export const requestId: RequestHandler = (request, response, next) => {
  const given = request.get(REQUEST_ID_HEADER);
  response.setHeader(REQUEST_ID_HEADER, given && ACCEPTED.test(given) ? given : crypto.randomUUID());
  next();
};

export function requestIdOf(response: Response): string {
  return String(response.getHeader(REQUEST_ID_HEADER));
}

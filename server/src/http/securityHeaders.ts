import type { RequestHandler } from 'express';

/**
 * What the OHIF viewer needs and no more (measured on 3.13.2): inline scripts and styles, WebAssembly, workers, and
 * code made from strings, which its reader of stored SEG objects uses (the ndarray package).
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval' 'unsafe-eval'",
  "worker-src 'self' blob:",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self' blob: data:",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'self'",
].join('; ');

export const securityHeaders: RequestHandler = (_request, response, next) => {
  response.setHeader('Content-Security-Policy', CONTENT_SECURITY_POLICY);
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Referrer-Policy', 'no-referrer');
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
  next();
};

/**
 * Of what lies in the archive: what others have sent there may be a page (an encapsulated document, an answer of a proxy in
 * front of it), which would be one of ours and read every study. Images and files that a page of ours shows are not held
 * up by it.
 */
const ARCHIVED_CONTENT_POLICY =
  "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

/** Mounted on what hands out the content of the archive. */
export const archivedContent: RequestHandler = (_request, response, next) => {
  response.setHeader('Content-Security-Policy', ARCHIVED_CONTENT_POLICY);
  next();
};

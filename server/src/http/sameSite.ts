import type { RequestHandler } from 'express';
import { Problem } from '../domain/errors.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * The server listens on loopback and asks nobody who they are, so what a browser runs for other sites must be kept
 * out: the Host header must name this machine (DNS rebinding), and what changes something must come from a page
 * of ours. No CORS header is ever sent. Programs other than browsers send no Origin and pass.
 */
export const sameSite: RequestHandler = (request, _response, next) => {
  const host = request.get('Host') ?? '';
  if (!isLoopbackName(hostNameOf(`http://${host}`))) {
    throw new Problem('forbidden', 'Use the address that the server printed when it started.');
  }
  const origin = request.get('Origin');
  const foreign =
    (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`) ||
    request.get('Sec-Fetch-Site') === 'cross-site';
  if (foreign && !SAFE_METHODS.has(request.method)) {
    throw new Problem('forbidden', 'Send this request from a page of this server, or without a browser.');
  }
  next();
};

/** localhost, 127.0.0.0/8 or ::1: nothing outside this machine reaches it. */
export function isLoopbackName(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[(.*)\]$/, '$1');
  return (
    name === 'localhost' || name.endsWith('.localhost') || name === '::1' || /^127(\.\d{1,3}){3}$/.test(name)
  );
}

function hostNameOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : '';
}

import type { RequestHandler } from 'express';

/**
 * Patient data stays out of shared caches; what was removed, or is shown to this user no more, must be gone for the browser
 * too, which otherwise guesses for how long an answer with a date may be shown again (RFC 9111 4.2.2).
 */
export const PATIENT_DATA_CACHING = 'private, no-cache';

/** Until a route says otherwise. */
export const patientDataCaching: RequestHandler = (_request, response, next) => {
  response.setHeader('Cache-Control', PATIENT_DATA_CACHING);
  next();
};

import compression from 'compression';
import type { RequestHandler } from 'express';

/**
 * Compresses text, and DICOM objects and metadata (a binary SEG is mostly zeros), but no image streams: they are
 * multipart, large, and compressed already or not worth the wait.
 */
export const bodyCompression: RequestHandler = compression({
  filter: (request, response) => {
    const mediaType = String(response.getHeader('Content-Type') ?? '');
    if (/^application\/dicom(\+json)?\b/.test(mediaType)) return true;
    return compression.filter(request, response);
  },
});

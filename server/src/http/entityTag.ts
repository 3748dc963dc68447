import type { Request, Response } from 'express';
import { Problem } from '../domain/errors.ts';

/** A segmentation's entity tag is its version. */
export function setEntityTag(response: Response, version: number): void {
  response.setHeader('ETag', `"${version}"`);
}

/**
 * The version that the caller wants to change (If-Match); absent when any will do.
 * @throws Problem precondition-failed when it names something that is no version
 */
export function versionFromIfMatch(request: Request): number | undefined {
  const given = request.get('If-Match')?.trim();
  if (given === undefined || given === '*') return undefined;
  const version = /^"(\d{1,15})"$/.exec(given)?.[1];
  if (version === undefined) {
    throw new Problem(
      'precondition-failed',
      'Send the ETag of the segmentation in If-Match, quotes included.',
    );
  }
  return Number(version);
}

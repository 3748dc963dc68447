import type { Response } from 'express';
import type { Timings } from '../application/timings.ts';

/** Server-Timing (W3C): milliseconds of each part. */
export function setServerTiming(response: Response, timings: Timings): void {
  const entries = Object.entries(timings).map(([part, ms]) => `${part};dur=${ms.toFixed(1)}`);
  if (entries.length > 0) response.setHeader('Server-Timing', entries.join(', '));
}

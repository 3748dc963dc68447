import { z } from 'zod';
import { uidSchema } from '../../contract/identifiers.ts';
import type { ArchiveScope } from '../../ports/dicomWebArchive.ts';
import { parseParameters } from '../validation.ts';

const scopeSchema = z.object({
  studyInstanceUID: uidSchema,
  seriesInstanceUID: uidSchema.optional(),
  sopInstanceUID: uidSchema.optional(),
});

/** The UIDs that the path names. @throws Problem invalid-request */
export function scopeOf(parameters: unknown): ArchiveScope {
  const { studyInstanceUID, seriesInstanceUID, sopInstanceUID } = parseParameters(scopeSchema, parameters);
  return {
    studyInstanceUID,
    ...(seriesInstanceUID !== undefined && { seriesInstanceUID }),
    ...(sopInstanceUID !== undefined && { sopInstanceUID }),
  };
}

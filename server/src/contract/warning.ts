import { z } from 'zod';

/** What a reader must know before believing the values of a series; `keywords` name the DICOM attributes at fault. */
export const warningSchema = z
  .strictObject({ code: z.enum(['suv-unknown']), detail: z.string(), keywords: z.array(z.string()) })
  .meta({ id: 'Warning' });
export type WarningContract = z.infer<typeof warningSchema>;

/** Compact JSON, an array of warnings; sent where there are any and the body is a DICOM object. */
export const WARNINGS_HEADER = 'Tomoclick-Warnings';

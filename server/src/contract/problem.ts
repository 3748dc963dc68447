import { z } from 'zod';

/** RFC 9457. `code` is the stable name of the problem; `errors` point into the request (JSON pointers). */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string(),
    instance: z.string(),
    requestId: z.string(),
    errors: z.array(z.strictObject({ pointer: z.string(), detail: z.string() })).optional(),
  })
  .meta({ id: 'Problem' });
export type ProblemContract = z.infer<typeof problemSchema>;

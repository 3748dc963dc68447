import type { z } from 'zod';
import { Problem } from '../domain/errors.ts';

/** @throws Problem invalid-request with a JSON pointer to each fault */
export function parseBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  return parse(schema, body, 'Correct the body where the pointers say.');
}

/** @throws Problem invalid-request with a pointer to each fault: /name of the parameter */
export function parseParameters<Schema extends z.ZodType>(schema: Schema, values: unknown): z.output<Schema> {
  return parse(schema, values, 'Correct the parameters of the address.');
}

function parse<Schema extends z.ZodType>(schema: Schema, value: unknown, detail: string): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map(issue => ({
    pointer: pointerOf(issue.path),
    detail: issue.message,
  }));
  throw new Problem('invalid-request', detail, { errors });
}

/** RFC 6901. */
function pointerOf(path: readonly PropertyKey[]): string {
  return path.map(key => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

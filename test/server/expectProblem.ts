import { expect } from '@jest/globals';
import { problemSchema } from '../../server/src/contract/problem.ts';
import { PROBLEMS, type ProblemCode } from '../../server/src/domain/errors.ts';
import type { Reply } from './apiClient.ts';

export function expectProblem(reply: Reply, code: ProblemCode): void {
  const problem = problemSchema.parse(reply.json);
  expect(problem).toMatchObject({ code, ...PROBLEMS[code] });
  expect(reply.status).toBe(PROBLEMS[code].status);
  expect(reply.headers.get('Content-Type')).toBe('application/problem+json');
  expect(problem.requestId).toBe(reply.headers.get('X-Request-Id'));
}

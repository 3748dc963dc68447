import type { ErrorRequestHandler, Request, Response } from 'express';
import type { Logger } from 'pino';
import type { ProblemContract } from '../contract/problem.ts';
import { PROBLEMS, Problem, type ProblemCode } from '../domain/errors.ts';
import { requestIdOf } from './requestId.ts';

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** Seconds after which a busy or starting server may be asked again. */
const RETRY_AFTER_S = 2;

/** Where a code is explained to people. */
export function problemType(code: ProblemCode): string {
  return `/api/docs/problems#${code}`;
}

/** Answers every error as RFC 9457; what is no Problem is logged and told as internal-error, without details. */
export function problemResponse(log: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    const problem = problemOf(error);
    const requestId = requestIdOf(response);
    const { status } = PROBLEMS[problem.code];
    const reason = { requestId, code: problem.code };
    // Being busy is a state and no fault.
    if (status < 500 || status === 503) log.info(reason, 'problem');
    else log.error({ ...reason, ...causeOf(error, problem) }, 'problem');
    if (response.headersSent) {
      // Too late for an answer; a cut connection tells the caller that the body is not whole.
      response.destroy();
      return;
    }
    sendProblem(problem, request, response);
  };
}

function sendProblem(problem: Problem, request: Request, response: Response): void {
  const { status, title } = PROBLEMS[problem.code];
  const body: ProblemContract = {
    ...problem.facts,
    type: problemType(problem.code),
    ...{ title, status, code: problem.code, detail: problem.detail },
    instance: request.originalUrl.replace(/\?.*$/s, ''),
    requestId: requestIdOf(response),
  };
  if (status === 503 || status === 429) response.setHeader('Retry-After', RETRY_AFTER_S);
  response.removeHeader('ETag');
  // As bytes: for text Express would name a character set, which JSON does not have.
  response.status(status).set('Cache-Control', 'no-store').set('Content-Type', PROBLEM_MEDIA_TYPE);
  response.send(Buffer.from(JSON.stringify(body)));
}

/** What the libraries in front of the house throw, in the words of the house. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof Error && error.name === 'AbortError') {
    return new Problem('cancelled', 'The caller went away.', {}, { cause: error });
  }
  const { status, type } = describeHttpError(error);
  const because = { cause: error };
  if (type === 'entity.parse.failed') {
    const errors = [{ pointer: '', detail: 'is not JSON' }];
    return new Problem('invalid-request', 'Send a body that is valid JSON.', { errors }, because);
  }
  if (type === 'request.aborted') return new Problem('cancelled', 'The caller went away.', {}, because);
  if (status === 413) return new Problem('payload-too-large', 'Send less at a time.', {}, because);
  if (status === 415) {
    return new Problem('unsupported-media-type', 'Send JSON in UTF-8.', {}, because);
  }
  if (status === 404) return new Problem('not-found', 'Check the address.', {}, because);
  if (status !== undefined && status >= 400 && status < 500) {
    return new Problem('invalid-request', 'The address or a header cannot be read.', {}, because);
  }
  return new Problem(
    'internal-error',
    'Try again; tell the operator the request id if it stays.',
    {},
    because,
  );
}

/** body-parser, Express and its router mark their errors with a status and, some, a type. */
function describeHttpError(error: unknown): { status?: number; type?: string } {
  if (!(error instanceof Error)) return {};
  return {
    ...('status' in error && typeof error.status === 'number' && { status: error.status }),
    ...('type' in error && typeof error.type === 'string' && { type: error.type }),
  };
}

/** Names and stacks only: messages of libraries may hold what they were working on. */
function causeOf(error: unknown, problem: Problem): { error?: string; at?: string } {
  const origin = error === problem ? problem.cause : error;
  if (!(origin instanceof Error)) return {};
  const frames = (origin.stack ?? '').split('\n').filter(line => line.trimStart().startsWith('at '));
  return {
    error: origin.name,
    at: frames
      .slice(0, 8)
      .map(line => line.trim())
      .join(' | '),
  };
}

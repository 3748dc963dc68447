import express, { type Express, type Request, type Response } from 'express';
import { z } from 'zod';
import { Problem, type ProblemCode } from '../domain/errors.ts';
import { clientSignal } from './clientSignal.ts';
import { nameRoute } from './requestLog.ts';
import type { RouteContext } from './services.ts';
import { parseBody, parseParameters } from './validation.ts';

/** Prompts and labels are small; nothing else comes as JSON. */
const JSON_LIMIT = '1mb';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** A response as OpenAPI describes it; `binary` marks a body that is no JSON. */
export interface RouteResponse {
  readonly description: string;
  readonly content?: Readonly<Record<string, z.ZodType | 'binary'>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What OpenAPI says of a route. */
export interface RouteDescription {
  readonly method: Method;
  /** With parameters in braces: `/api/v1/segmentations/{id}`. */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: z.ZodType;
  /** Of a body that is no JSON; the handler reads it from the request. */
  readonly bodyMediaType?: string;
  readonly responses: Readonly<Record<number, RouteResponse>>;
  /** Beyond those that every route has (COMMON_PROBLEMS). */
  readonly problems: readonly ProblemCode[];
}

/** Problems that any route can answer with. */
export const COMMON_PROBLEMS = [
  'forbidden',
  'internal-error',
  'storage-full',
] as const satisfies readonly ProblemCode[];

export interface Route extends RouteDescription {
  readonly handle: (request: Request, response: Response, context: RouteContext) => void | Promise<void>;
}

const NOTHING = z.object({});

interface Exchange<Parameters, Query, Body> {
  readonly parameters: Parameters;
  readonly query: Query;
  readonly body: Body;
  readonly request: Request;
  readonly response: Response;
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal;
  readonly context: RouteContext;
}

/** A route whose handler sees only what its schemas let through. */
export function defineRoute<
  Parameters extends z.ZodObject = typeof NOTHING,
  Query extends z.ZodObject = typeof NOTHING,
  Body extends z.ZodType = z.ZodUndefined,
>(
  description: Omit<RouteDescription, 'parameters' | 'query' | 'body'> & {
    readonly parameters?: Parameters;
    readonly query?: Query;
    readonly body?: Body;
  },
  handle: (exchange: Exchange<z.output<Parameters>, z.output<Query>, z.output<Body>>) => void | Promise<void>,
): Route {
  const { parameters, query, body } = description;
  return {
    ...description,
    handle: (request, response, context) =>
      handle({
        parameters: parseParameters<z.ZodType>(parameters ?? NOTHING, request.params) as z.output<Parameters>,
        query: parseParameters<z.ZodType>(query ?? NOTHING, request.query) as z.output<Query>,
        body: (body && parseBody<z.ZodType>(body, bodyOf(request))) as z.output<Body>,
        ...{ request, response, context, signal: clientSignal(response) },
      }),
  };
}

/** @throws Problem unsupported-media-type */
function bodyOf(request: Request): unknown {
  if (request.is('application/json')) return request.body;
  throw new Problem('unsupported-media-type', 'Send a JSON body with Content-Type: application/json.');
}

export function mountRoutes(app: Express, routes: readonly Route[], context: RouteContext): void {
  const json = express.json({ limit: JSON_LIMIT, strict: false });
  for (const route of routes) {
    const path = expressPath(route.path);
    app[route.method](
      path,
      (_request, response, next) => {
        nameRoute(response, route.path);
        next();
      },
      ...(route.body ? [json] : []),
      (request, response) => route.handle(request, response, context),
    );
  }
}

function expressPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}

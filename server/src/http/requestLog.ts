import type { RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { requestIdOf } from './requestId.ts';

/**
 * One line a request. Names the route, never the path or the query: those hold UIDs and, in DICOMweb searches, names
 * of patients.
 */
export function requestLog(log: Logger): RequestHandler {
  return (request, response, next) => {
    const start = performance.now();
    const { method } = request;
    response.once('close', () => {
      log.info(
        {
          requestId: requestIdOf(response),
          ...{ method, route: routeOf(response), status: response.statusCode },
          durationMs: Math.round(performance.now() - start),
          finished: response.writableFinished,
        },
        'request',
      );
    });
    next();
  };
}

/** Tells the log which route serves the response. */
export function nameRoute(response: Response, route: string): void {
  response.locals['route'] = route;
}

function routeOf(response: Response): string {
  const route: unknown = response.locals['route'];
  return typeof route === 'string' ? route : 'other';
}

import express, { type Express, type RequestHandler } from 'express';
import type { Logger } from 'pino';
import { Problem } from '../domain/errors.ts';
import { apiDocs } from './apiDocs.ts';
import { bodyCompression } from './bodyCompression.ts';
import { openApiDocument } from './openapi.ts';
import { patientDataCaching } from './patientDataCaching.ts';
import { problemResponse } from './problemResponse.ts';
import { requestId } from './requestId.ts';
import { nameRoute, requestLog } from './requestLog.ts';
import { mountRoutes } from './route.ts';
import { dicomWebDescriptions } from './routes/dicomWebDescriptions.ts';
import { routes } from './routes/index.ts';
import { sameSite } from './sameSite.ts';
import { archivedContent, securityHeaders } from './securityHeaders.ts';
import type { PartReadiness, Services } from './services.ts';
import { workerToken } from './workerToken.ts';

export interface AppOptions {
  readonly log: Logger;
  readonly version: string;
  /** docs/problems.md */
  readonly problemsMarkdown: string;
  /** What training workers must show; absent: nothing. */
  readonly workerToken?: string;
  /** Serves everything that is neither API nor DICOMweb; absent where there is no viewer. */
  readonly viewer?: RequestHandler;
  /** Absent while the server starts: then the API answers 503 and the viewer's pages already load. */
  readonly services: () => Services | undefined;
  readonly readiness: () => Promise<readonly PartReadiness[]>;
}

export function createApp(options: AppOptions): Express {
  const services = (): Services => {
    const ready = options.services();
    if (!ready) throw new Problem('overloaded', 'The server is starting; see /readyz and try again shortly.');
    return ready;
  };
  const app = express();
  app.disable('x-powered-by');
  // Entity tags are versions; pages are validated by their date.
  app.set('etag', false);
  app.use(requestId, requestLog(options.log), sameSite, securityHeaders, bodyCompression);
  app.use(['/api/v1', '/dicom-web'], patientDataCaching);
  app.use('/dicom-web', archivedContent, (request, response, next) => {
    nameRoute(response, '/dicom-web');
    services().dicomWeb(request, response, next);
  });
  app.use('/api/v1/adaptation-worker', workerToken(options.workerToken));
  mountRoutes(app, routes, { services, readiness: options.readiness });
  const openApi = openApiDocument([...routes, ...dicomWebDescriptions], options.version);
  app.use(apiDocs(openApi, options.problemsMarkdown));
  app.use(['/api', '/dicom-web'], () => {
    throw new Problem('not-found', 'Check the address against /api/docs.');
  });
  if (options.viewer) app.use(options.viewer);
  app.use(() => {
    throw new Problem('not-found', 'Check the address.');
  });
  app.use(problemResponse(options.log));
  return app;
}

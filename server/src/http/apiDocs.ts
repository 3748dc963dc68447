import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { static as serveFiles, Router } from 'express';
import { markdownPage } from './markdownPage.ts';

const SWAGGER_UI_FILES = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Tomoclick API</title>
    <link rel="icon" href="/api/docs/favicon-32x32.png" />
    <link rel="stylesheet" href="/api/docs/swagger-ui.css" />
  </head>
  <body>
    <div id="api"></div>
    <script src="/api/docs/swagger-ui-bundle.js"></script>
    <script>
      SwaggerUIBundle({ url: '/openapi.json', dom_id: '#api', deepLinking: true });
    </script>
  </body>
</html>
`;

/** The API for people: /openapi.json, a page on it, and what each problem means. Nothing comes from other hosts. */
export function apiDocs(openApi: object, problemsMarkdown: string): Router {
  const router = Router();
  const problems = markdownPage('Problems', problemsMarkdown);
  const require = createRequire(import.meta.url);
  const swaggerUi = dirname(require.resolve('swagger-ui-dist/package.json'));
  const files = serveFiles(swaggerUi, { index: false, fallthrough: true });
  router.get('/openapi.json', (_request, response) => {
    response.json(openApi);
  });
  router.get('/api/docs', (_request, response) => {
    response.type('html').send(PAGE);
  });
  router.get('/api/docs/problems', (_request, response) => {
    response.type('html').send(problems);
  });
  router.use('/api/docs', (request, response, next) => {
    if (SWAGGER_UI_FILES.includes(request.path.slice(1))) files(request, response, next);
    else next();
  });
  return router;
}

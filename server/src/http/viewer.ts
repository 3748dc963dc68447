import { existsSync, readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import express, { Router, type RequestHandler } from 'express';

/** Of the files that the viewer reads, those with a hash in the name never change. */
const HASHED_FILE = /(^|[./])[0-9a-f]{16}\.(js|css|wasm|woff2)$/;
const A_YEAR_SECONDS = 31_536_000;
const PLUGIN_PATH = '/plugins/tomoclick';

/** `window.config` of OHIF 3.13: our archive and API on this origin, and nothing elsewhere. */
const VIEWER_CONFIG = {
  name: 'tomoclick',
  routerBasename: null,
  extensions: [`${PLUGIN_PATH}/extension.js`],
  modes: [`${PLUGIN_PATH}/mode.js`],
  customizationService: {},
  showStudyList: true,
  groupEnabledModesFirst: true,
  strictZSpacingForVolumeViewport: true,
  showLoadingIndicator: true,
  showWarningMessageForCrossOrigin: false,
  showErrorDetails: 'production',
  // The panel of the mode says it, always.
  investigationalUseDialog: { option: 'never' },
  maxNumberOfWebWorkers: 3,
  maxNumRequests: { interaction: 100, thumbnail: 5, prefetch: 25 },
  defaultDataSourceName: 'tomoclick',
  dataSources: [
    {
      namespace: '@ohif/extension-default.dataSourcesModule.dicomweb',
      sourceName: 'tomoclick',
      configuration: {
        friendlyName: 'Archive',
        name: 'tomoclick',
        qidoRoot: '/dicom-web',
        wadoRoot: '/dicom-web',
        wadoUriRoot: '/dicom-web',
        imageRendering: 'wadors',
        thumbnailRendering: 'wadors',
        enableStudyLazyLoad: true,
        supportsFuzzyMatching: true,
        supportsWildcard: true,
        qidoSupportsIncludeField: true,
        bulkDataURI: { enabled: true, relativeResolution: 'studies' },
        omitQuotationForMultipartRequest: true,
        dicomUploadEnabled: true,
      },
    },
  ],
};

/**
 * The OHIF viewer with our plugins. Mount it after every other route: it answers each page address that nobody
 * else knows, since the viewer has its own routes.
 * @param folders where `scripts/fetchViewer.ts` and `scripts/build.ts` put their files
 * @throws Error when the viewer was not fetched
 */
export function viewerRouter(folders: {
  readonly viewerDirectory: string;
  readonly pluginDirectory: string;
}): Router {
  const { viewerDirectory, pluginDirectory } = folders;
  if (!existsSync(join(viewerDirectory, 'index.html'))) {
    throw new Error(`The viewer is not in ${viewerDirectory}. Run: npm run viewer`);
  }
  const router = Router();
  router.get('/app-config.js', (_request, response) => {
    response.setHeader('Cache-Control', 'no-store');
    response.type('text/javascript').send(`window.config = ${JSON.stringify(VIEWER_CONFIG)};\n`);
  });
  // The viewer's service worker would keep old versions of it alive.
  router.get('/init-service-worker.js', (_request, response) => {
    response.setHeader('Cache-Control', 'no-store');
    response.type('text/javascript').send('');
  });
  router.use('/plugins', express.static(pluginDirectory, { index: false, cacheControl: false, setHeaders }));
  router.use(compressedFiles(viewerDirectory));
  router.use(
    express.static(viewerDirectory, { index: false, cacheControl: false, dotfiles: 'ignore', setHeaders }),
  );
  router.get('/{*path}', (request, response, next) => {
    if (!isPage(request.path) || !request.accepts('html')) return next();
    response.setHeader('Cache-Control', 'no-cache');
    // Below a root, since absolute paths through a folder such as .cache are refused.
    response.sendFile('index.html', { root: viewerDirectory });
  });
  return router;
}

function setHeaders(response: { setHeader(name: string, value: string): void }, path: string): void {
  const isImmutable = HASHED_FILE.test(path.replace(/\.gz$/, ''));
  response.setHeader(
    'Cache-Control',
    isImmutable ? `public, max-age=${A_YEAR_SECONDS}, immutable` : 'no-cache',
  );
}

/** Sends the `.gz` that lies beside a file, where the browser takes it. */
function compressedFiles(directory: string): RequestHandler {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  const compressed = new Set(names.filter(name => name.endsWith('.gz')).map(name => `/${name}`));
  const send = express.static(directory, {
    ...{ index: false, cacheControl: false, redirect: false },
    setHeaders(response, path) {
      setHeaders(response, path);
      response.setHeader('Content-Encoding', 'gzip');
    },
  });
  return (request, response, next) => {
    const { path, url } = request;
    if (!compressed.has(`${path}.gz`) || !request.acceptsEncodings('gzip')) return next();
    response.type(extname(path));
    response.vary('Accept-Encoding');
    request.url = `${path}.gz`;
    send(request, response, (error?: unknown) => {
      request.url = url;
      next(error);
    });
  };
}

/** Pages of the viewer have no file name extension; a missing file must stay a 404. */
function isPage(path: string): boolean {
  return !/^\/(api|dicom-web|plugins)(\/|$)/.test(path) && !/\.[a-z0-9]{1,8}$/i.test(path);
}

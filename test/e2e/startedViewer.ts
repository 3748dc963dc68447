import { ApiClient } from '../server/apiClient.ts';
import {
  startServer,
  type prepareFolders,
  type RunningServer,
  type ServerOptions,
} from '../server/runningServer.ts';
import { launchChromium } from './chromium.ts';
import { openWatchedPage } from './watchedPage.ts';
import type { ViewerPage } from './viewerPage.ts';

/** The bundled server, and a browser with the viewer in it. */
export interface StartedViewer {
  readonly server: RunningServer;
  readonly client: ApiClient;
  readonly viewer: ViewerPage;
  /** Fills with scripts that fail and requests to any other place. */
  readonly pageErrors: readonly string[];
  /** Ends both, and removes the folders. */
  readonly close: () => Promise<void>;
}

/** @param options without imports the server makes its demo study */
export async function startViewer(
  folders: Pick<ReturnType<typeof prepareFolders>, 'home' | 'remove'>,
  options: Omit<ServerOptions, 'isBundled'> = {},
): Promise<StartedViewer> {
  const [server, browser] = await Promise.all([
    startServer(folders.home, { ...options, isBundled: true }),
    launchChromium(),
  ]);
  const { viewer, pageErrors } = await openWatchedPage(browser, server.url);
  return {
    ...{ server, viewer, pageErrors },
    client: new ApiClient(server.url),
    close: async () => {
      await browser.close();
      await server.end('SIGTERM');
      folders.remove();
    },
  };
}

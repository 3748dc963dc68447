import type { Browser } from 'playwright-core';
import { ViewerPage } from './viewerPage.ts';

const STEP_TIMEOUT_MS = 120_000;

/** A page for the viewer; `pageErrors` fills with scripts that fail and requests to any other place. */
export async function openWatchedPage(
  browser: Browser,
  serverUrl: string,
): Promise<{ readonly viewer: ViewerPage; readonly pageErrors: readonly string[] }> {
  const pageErrors: string[] = [];
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.setDefaultTimeout(STEP_TIMEOUT_MS);
  page.on('pageerror', error => pageErrors.push(error.message));
  page.on('request', request => {
    if (!request.url().startsWith(serverUrl) && /^https?:/.test(request.url())) {
      pageErrors.push(`request to another place: ${request.url()}`);
    }
  });
  return { viewer: new ViewerPage(page, serverUrl), pageErrors };
}

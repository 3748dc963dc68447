import type { Page } from 'playwright-core';
import { launchChromium } from '../e2e/chromium.ts';
import { DEMO_PATIENT } from '../e2e/demoWork.ts';
import { openWatchedPage } from '../e2e/watchedPage.ts';
import { DEMO_STRUCTURES } from '../phantom/demoStructures.ts';
import { median, type Measure } from './table.ts';

/** One click in the viewer. */
export interface ViewerClick {
  /** From the release of the mouse button to the request. */
  readonly toRequestMs: number;
  /** From the request to the last byte of the reply. */
  readonly replyMs: number;
  /** From there until the labelmap holds the mask. */
  readonly toLabelmapMs: number;
  /** From there until the first plane has drawn it; without a graphics card most of this is SwiftShader's. */
  readonly toPictureMs: number;
}

/** The part of OHIF's page that is watched. */
interface WatchedWindow {
  readonly cornerstone: {
    readonly eventTarget: EventTarget;
    getEnabledElements(): readonly { readonly viewport: { readonly element: HTMLElement } }[];
  };
  tomoclickTimes?: { released: number; written: number; drawn: number };
}

const CLICKED = ['kidney cyst 26 mm', 'liver metastasis 40 mm', 'left kidney', 'spleen', 'bladder'];

/** First clicks on structures of the demo study in a real browser. */
export async function viewerClicks(url: string): Promise<ViewerClick[]> {
  const browser = await launchChromium();
  try {
    const { viewer } = await openWatchedPage(browser, url);
    await viewer.openStudyList(DEMO_PATIENT);
    await viewer.openMode(DEMO_PATIENT);
    const clicks: ViewerClick[] = [];
    for (const { name, firstClickLps } of DEMO_STRUCTURES) {
      if (!CLICKED.includes(name)) continue;
      await viewer.panel.press('new');
      await watch(viewer.page);
      await viewer.planes.click('axial', firstClickLps);
      clicks.push(await lastClick(viewer.page));
    }
    return clicks;
  } finally {
    await browser.close();
  }
}

/** Notes when the button is released, the labelmap is written and the first plane is drawn after that. */
async function watch(page: Page): Promise<void> {
  await page.evaluate(() => {
    const watched = window as unknown as WatchedWindow;
    const times = { released: NaN, written: NaN, drawn: NaN };
    watched.tomoclickTimes = times;
    performance.clearResourceTimings();
    const { cornerstone } = watched;
    window.addEventListener('pointerup', event => (times.released = event.timeStamp), {
      capture: true,
      once: true,
    });
    cornerstone.eventTarget.addEventListener(
      'CORNERSTONE_TOOLS_SEGMENTATION_DATA_MODIFIED',
      () => (times.written = performance.now()),
      { once: true },
    );
    for (const { viewport } of cornerstone.getEnabledElements()) {
      viewport.element.addEventListener('CORNERSTONE_IMAGE_RENDERED', () => {
        if (Number.isNaN(times.drawn) && !Number.isNaN(times.written)) times.drawn = performance.now();
      });
    }
  });
}

async function lastClick(page: Page): Promise<ViewerClick> {
  return page.evaluate(() => {
    const { tomoclickTimes } = window as unknown as WatchedWindow;
    const request = performance
      .getEntriesByType('resource')
      .filter(entry => entry.name.endsWith('/prompts'))
      .at(-1) as PerformanceResourceTiming | undefined;
    if (!request || !tomoclickTimes) throw new Error('the click was not seen');
    const { released, written, drawn } = tomoclickTimes;
    return {
      toRequestMs: request.startTime - released,
      replyMs: request.responseEnd - request.startTime,
      toLabelmapMs: written - request.responseEnd,
      toPictureMs: drawn - written,
    };
  });
}

export function viewerMeasures(clicks: readonly ViewerClick[]): Measure[] {
  const part = (name: string, key: keyof ViewerClick): Measure => ({
    name: `viewer: ${name}`,
    ...{ value: median(clicks.map(click => click[key])), unit: 'ms' },
  });
  return [
    part('click to request', 'toRequestMs'),
    { ...part('request to reply', 'replyMs'), note: `first clicks on ${clicks.length} structures` },
    part('reply to labelmap', 'toLabelmapMs'),
    { ...part('labelmap to picture', 'toPictureMs'), note: 'drawn by SwiftShader, without a graphics card' },
  ];
}

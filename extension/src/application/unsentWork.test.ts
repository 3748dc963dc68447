import { beforeEach, describe, expect, test } from '@jest/globals';
import { followPageEnd } from '../adapters/browser/followPageEnd.ts';
import { sessionClickKeeper } from '../adapters/browser/sessionClickKeeper.ts';
import { middleOf } from '../domain/drawnPrompt.ts';
import { NoAnswer } from '../domain/failure.ts';
import { FakeDesk, settled } from './fixtures/fakeDesk.ts';
import { SERIES } from './fixtures/fakeServer.ts';
import type { PromptSessionRunner } from './promptSessionRunner.ts';
import { UnsentWork } from './unsentWork.ts';

class FakeStorage implements Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> {
  readonly items = new Map<string, string>();
  isFull = false;
  getItem = (key: string): string | null => this.items.get(key) ?? null;
  removeItem = (key: string): boolean => this.items.delete(key);
  setItem(key: string, value: string): void {
    if (this.isFull) throw new Error('QuotaExceededError');
    this.items.set(key, value);
  }
}

let desk: FakeDesk;
let storage: FakeStorage;
beforeEach(() => {
  desk = new FakeDesk();
  storage = new FakeStorage();
});

/** The window, and the document in it. */
class FakePage extends EventTarget {
  visibilityState = 'visible';
  become(visibilityState: string): void {
    this.visibilityState = visibilityState;
    this.dispatchEvent(new Event('visibilitychange'));
  }
}

/** A window with one session in it. */
function openPage(): { readonly page: FakePage; readonly runner: PromptSessionRunner } {
  const page = new FakePage();
  const keeper = sessionClickKeeper(() => storage);
  const runner = desk.newRunner();
  followPageEnd(page, page, new UnsentWork(() => [runner], keeper));
  runner.open(keeper.take(SERIES));
  return { page, runner };
}

function isAskedAt(page: EventTarget): boolean {
  return !page.dispatchEvent(new Event('beforeunload', { cancelable: true }));
}

function loseAnswersTo(what: string): void {
  for (let attempt = 0; attempt < 4; attempt += 1) {
    desk.server.faults.push({ on: what, error: new NoAnswer('gone'), lost: false });
  }
}

function placesAtServer(): unknown[] {
  return desk.server.segmentation!.segments[0]!.prompts.map(({ prompt }) => middleOf(prompt)?.[0]);
}

async function clickInVain(): Promise<ReturnType<typeof openPage>> {
  const opened = openPage();
  await settled(opened.runner);
  opened.runner.click([1, 0, 0]);
  await settled(opened.runner);
  loseAnswersTo('prompt 3');
  opened.runner.click([2, 0, 0]);
  opened.runner.click([3, 0, 0]);
  await settled(opened.runner);
  return opened;
}

describe('a page that goes away', () => {
  test('asks while a click is on its way, and not once it has been answered', async () => {
    const { page, runner } = openPage();
    await settled(runner);
    expect(isAskedAt(page)).toBe(false);
    runner.click([1, 0, 0]);
    expect(isAskedAt(page)).toBe(true);
    await settled(runner);
    expect(isAskedAt(page)).toBe(false);
  });

  test('asks while clicks wait that failed, and offers them to the next page, which sends none by itself', async () => {
    const { page } = await clickInVain();
    expect(isAskedAt(page)).toBe(true);
    page.dispatchEvent(new Event('pagehide'));
    const next = openPage();
    await settled(next.runner);
    expect(next.runner.getSession().failure).toMatchObject({
      title: '2 clicks were not sent',
      retriable: true,
    });
    expect(placesAtServer()).toEqual([1]);
    expect(isAskedAt(next.page)).toBe(true);
    next.runner.retry();
    await settled(next.runner);
    expect(next.runner.getSession().failure).toBeNull();
    expect(placesAtServer()).toEqual([1, 2, 3]);
    expect(isAskedAt(next.page)).toBe(false);
    expect(storage.items.size).toBe(0);
  });

  test('offers the very first click for the segment that it had begun', async () => {
    const { page, runner } = openPage();
    await settled(runner);
    loseAnswersTo('prompt 2');
    runner.click([1, 0, 0]);
    await settled(runner);
    page.dispatchEvent(new Event('pagehide'));
    const next = openPage();
    await settled(next.runner);
    next.runner.retry();
    await settled(next.runner);
    expect(desk.server.segmentation!.segments.map(({ prompts }) => prompts.length)).toEqual([1]);
    expect(next.runner.getSession().segments).toHaveLength(1);
  });

  test('offers all of them together: who gives them up is rid of them', async () => {
    const { page } = await clickInVain();
    page.dispatchEvent(new Event('pagehide'));
    const next = openPage();
    await settled(next.runner);
    next.runner.dismiss();
    await settled(next.runner);
    expect(next.runner.getSession()).toMatchObject({ failure: null, queue: [] });
    expect(placesAtServer()).toEqual([1]);
  });

  test('offers again what was offered and not decided about', async () => {
    const { page } = await clickInVain();
    page.dispatchEvent(new Event('pagehide'));
    const second = openPage();
    await settled(second.runner);
    second.page.dispatchEvent(new Event('pagehide'));
    const third = openPage();
    await settled(third.runner);
    expect(third.runner.getSession().failure).toMatchObject({ title: '2 clicks were not sent' });
  });

  test('offers them, too, where the browser has ended a tab in the background, which it tells nobody', async () => {
    const { page } = await clickInVain();
    page.become('hidden');
    const second = openPage();
    await settled(second.runner);
    expect(second.runner.getSession().failure).toMatchObject({ title: '2 clicks were not sent' });
  });

  test('keeps nothing where it is seen again', async () => {
    const { page } = await clickInVain();
    page.become('hidden');
    page.become('visible');
    expect(storage.items.size).toBe(0);
  });

  test('keeps nothing where it comes back as it was, or where the browser has no room', async () => {
    const { page } = await clickInVain();
    page.dispatchEvent(new Event('pagehide'));
    page.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }));
    expect(storage.items.size).toBe(0);
    storage.isFull = true;
    page.dispatchEvent(new Event('pagehide'));
    expect(storage.items.size).toBe(0);
  });
});

import type { Services } from '../../ports/ohif.ts';

const SHOWN_MS = 20_000;

/** Tells the reader, wherever in the viewer, what did not reach the server. */
export function showUnsent({ uiNotificationService }: Services, steps: number): void {
  uiNotificationService.show({
    title: 'Not everything reached the Tomoclick server',
    message: `${steps === 1 ? '1 step waits' : `${steps} steps wait`} in this window: open the series again to retry or give up.`,
    ...{ type: 'warning', duration: SHOWN_MS },
  });
}

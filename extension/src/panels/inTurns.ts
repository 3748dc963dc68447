/** An answer that has not come by then is taken for lost. */
const PATIENCE_MS = 30_000;

/**
 * Asks at once, and again every so often, one time after the other: a browser sends few requests at a time, and those that
 * pile up while the server is slow would be sent before the reader's clicks.
 * @returns ends it
 */
export function inTurns(ask: () => Promise<unknown>, everyMs: number): () => void {
  let askedAtMs: number | null = null;
  const turn = (): void => {
    const nowMs = performance.now();
    if (askedAtMs !== null && nowMs - askedAtMs < PATIENCE_MS) return;
    const ownMs = (askedAtMs = nowMs);
    const settle = (): void => {
      if (askedAtMs === ownMs) askedAtMs = null;
    };
    ask().then(settle, settle);
  };
  turn();
  const timer = setInterval(turn, everyMs);
  return () => clearInterval(timer);
}

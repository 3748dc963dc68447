/** What a page may lose when it is closed, reloaded or left for another. */
export interface PageEnd {
  hasUnsent(): boolean;
  /** The page goes away: now, or it may come back as it is. */
  onEnd(): void;
  onComeBack(): void;
}

/**
 * Has the browser ask before the page goes away while something would go with it. A tab in the background may be ended
 * without a word, to save memory. Returns what ends it.
 */
export function followPageEnd(
  page: EventTarget,
  document: EventTarget & { readonly visibilityState: string },
  end: PageEnd,
): () => void {
  const listening = new AbortController();
  const { signal } = listening;
  const ask = (event: Event): void => {
    if (end.hasUnsent()) event.preventDefault();
  };
  const comeBack = (event: Event): void => {
    if ('persisted' in event && event.persisted === true) end.onComeBack();
  };
  const turn = (): void => (document.visibilityState === 'hidden' ? end.onEnd() : end.onComeBack());
  page.addEventListener('beforeunload', ask, { signal });
  page.addEventListener('pagehide', () => end.onEnd(), { signal });
  page.addEventListener('pageshow', comeBack, { signal });
  document.addEventListener('visibilitychange', turn, { signal });
  return () => listening.abort();
}

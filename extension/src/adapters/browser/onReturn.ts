/** Calls back whenever the reader comes back to the page, from another tab or window. Returns what ends it. */
export function onReturn(
  page: EventTarget & { readonly visibilityState: string },
  window: EventTarget,
  callback: () => void,
): () => void {
  const listening = new AbortController();
  const { signal } = listening;
  const onVisible = (): void => {
    if (page.visibilityState === 'visible') callback();
  };
  page.addEventListener('visibilitychange', onVisible, { signal });
  window.addEventListener('focus', () => callback(), { signal });
  return () => listening.abort();
}

import { useEffect } from 'react';

/** Asks at once when a part is opened, and again and again for as long as it is open. */
export function useWhileOpen(isOpen: boolean, refresh: () => void, everyMs: number): void {
  useEffect(() => {
    if (!isOpen) return undefined;
    refresh();
    const timer = setInterval(refresh, everyMs);
    return () => clearInterval(timer);
    // `refresh` is new at every rendering, and means the same.
  }, [isOpen, everyMs]);
}

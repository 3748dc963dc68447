import { useEffect } from 'react';
import { inTurns } from './inTurns.ts';

/** Asks at once when a part is opened, and again and again for as long as it is open. */
export function useWhileOpen(isOpen: boolean, refresh: () => Promise<unknown>, everyMs: number): void {
  useEffect(
    () => (isOpen ? inTurns(refresh, everyMs) : undefined),
    // `refresh` is new at every rendering, and means the same.
    [isOpen, everyMs],
  );
}

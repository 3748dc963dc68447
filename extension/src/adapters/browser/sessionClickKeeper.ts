import type { KeptClick } from '../../domain/keptClick.ts';
import { seriesKeyOf } from '../../domain/seriesKey.ts';
import type { ClickKeeper } from '../../ports/clickKeeper.ts';
import type { SeriesReference } from '../../ports/segmentationApi.ts';

/** Another shape of what is kept gets another one: a page that was updated meanwhile reads nothing of the old. */
const PREFIX = 'tomoclick-clicks-1';

/**
 * Keeps clicks in the storage of a browser's tab: it outlives reloads, and ends with the tab. A storage that is full or
 * forbidden keeps nothing; the reader was asked before the page went.
 * @param storageOf throws where the browser forbids storage, as to a page in a frame of another
 */
export function sessionClickKeeper(
  storageOf: () => Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>,
): ClickKeeper {
  const keyOf = (series: SeriesReference): string => `${PREFIX} ${seriesKeyOf(series)}`;
  return {
    keep(series, clicks) {
      try {
        if (clicks.length > 0) storageOf().setItem(keyOf(series), JSON.stringify(clicks));
        else storageOf().removeItem(keyOf(series));
      } catch {
        return;
      }
    },
    take(series) {
      try {
        const kept = storageOf().getItem(keyOf(series));
        storageOf().removeItem(keyOf(series));
        return kept === null ? [] : (JSON.parse(kept) as KeptClick[]);
      } catch {
        return [];
      }
    },
  };
}

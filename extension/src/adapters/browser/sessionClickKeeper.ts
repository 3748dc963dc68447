import type { KeptClick } from '../../domain/keptClick.ts';
import { seriesKeyOf } from '../../domain/seriesKey.ts';
import type { ClickKeeper } from '../../ports/clickKeeper.ts';
import type { SeriesReference } from '../../ports/segmentationApi.ts';

/** Another shape of what is kept gets another one: a page that was updated meanwhile reads nothing of the old. */
const PREFIX = 'tomoclick-clicks-1';

/** Keeps clicks in the storage of a browser's tab: it outlives reloads, and ends with the tab. */
export function sessionClickKeeper(
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>,
): ClickKeeper {
  const keyOf = (series: SeriesReference): string => `${PREFIX} ${seriesKeyOf(series)}`;
  return {
    keep(series, clicks) {
      // A storage that is full, or forbidden, keeps nothing; the reader was asked before the page went.
      try {
        if (clicks.length > 0) storage.setItem(keyOf(series), JSON.stringify(clicks));
      } catch {
        return;
      }
    },
    take(series) {
      const kept = storage.getItem(keyOf(series));
      storage.removeItem(keyOf(series));
      return kept === null ? [] : (JSON.parse(kept) as KeptClick[]);
    },
  };
}

import type { KeptClick } from '../domain/keptClick.ts';
import type { SeriesReference } from './segmentationApi.ts';

/** Keeps clicks of the reader beyond the page, in this window alone. */
export interface ClickKeeper {
  /** In the place of all that was kept of the series. */
  keep(series: SeriesReference, clicks: readonly KeptClick[]): void;
  /** Hands over what was kept, and forgets it. */
  take(series: SeriesReference): readonly KeptClick[];
}

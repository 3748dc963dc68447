import type { FirstOf } from '../domain/firstOf.ts';
import type { DescribedSeries } from '../domain/labelledCase.ts';

/** What lies in the viewer's archive. */
export interface ArchiveSeries {
  /** @param mostStudies as the archive lists them, rounded up to whole pages */
  list(mostStudies: number): Promise<FirstOf<DescribedSeries>>;
}

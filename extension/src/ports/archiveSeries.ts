import type { DescribedSeries } from '../domain/labelledCase.ts';

/** What lies in the viewer's archive. */
export interface ArchiveSeries {
  /** Series of the newest studies. */
  list(): Promise<readonly DescribedSeries[]>;
}

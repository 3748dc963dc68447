import type { SeriesFacts } from '../domain/labelledCase.ts';

/** What the viewer's archive knows of series, of any study. */
export interface SeriesFactsSource {
  /** Null where it does not know the series. */
  describe(series: {
    readonly studyInstanceUID: string;
    readonly seriesInstanceUID: string;
    readonly image?: { readonly sopInstanceUID: string; readonly frameNumber?: number };
  }): Promise<SeriesFacts | null>;
}

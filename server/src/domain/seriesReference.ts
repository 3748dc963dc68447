/** Names one series of one study. */
export interface SeriesReference {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
}

export function seriesKey(series: SeriesReference): string {
  return `${series.studyInstanceUID}/${series.seriesInstanceUID}`;
}

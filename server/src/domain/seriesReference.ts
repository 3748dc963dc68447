/** Names one image: an instance, or one frame (1-based) of a multi-frame instance. */
export interface ImageReference {
  readonly sopInstanceUID: string;
  /** 1 where absent. */
  readonly frameNumber?: number;
}

/** Names one series of one study, and where it holds several volumes (4D, mixed orientations) which of them. */
export interface SeriesReference {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  /** Any image of the volume that is meant; absent: the series is one volume. */
  readonly image?: ImageReference;
}

/** The whole series, whatever volumes it holds. */
export type WholeSeries = Omit<SeriesReference, 'image'>;

export function wholeSeriesOf({ studyInstanceUID, seriesInstanceUID }: SeriesReference): WholeSeries {
  return { studyInstanceUID, seriesInstanceUID };
}

export function isSameSeries(one: WholeSeries, other: WholeSeries): boolean {
  return one.studyInstanceUID === other.studyInstanceUID && one.seriesInstanceUID === other.seriesInstanceUID;
}

export function imageKey({ sopInstanceUID, frameNumber = 1 }: ImageReference): string {
  return `${sopInstanceUID}#${frameNumber}`;
}

export function seriesKey({ studyInstanceUID, seriesInstanceUID, image }: SeriesReference): string {
  const series = `${studyInstanceUID}/${seriesInstanceUID}`;
  return image ? `${series}/${imageKey(image)}` : series;
}

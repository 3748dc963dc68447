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

export function seriesKey({ studyInstanceUID, seriesInstanceUID, image }: SeriesReference): string {
  const series = `${studyInstanceUID}/${seriesInstanceUID}`;
  return image ? `${series}/${image.sopInstanceUID}#${image.frameNumber ?? 1}` : series;
}

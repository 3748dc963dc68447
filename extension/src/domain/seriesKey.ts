/** What a volume is named by: a series, and where it holds several volumes an image of the one that is meant. */
interface NamedVolume {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly image?: { readonly sopInstanceUID: string; readonly frameNumber?: number };
}

/** The same for the same volume, named alike. */
export function seriesKeyOf({ studyInstanceUID, seriesInstanceUID, image }: NamedVolume): string {
  return [studyInstanceUID, seriesInstanceUID, image?.sopInstanceUID, image?.frameNumber].join(' ');
}

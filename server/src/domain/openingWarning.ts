/** What opening a segmentation made elsewhere has changed. */
export interface OpeningWarning {
  readonly code: 'fractional-thresholded' | 'moved-to-grid' | 'image-missing';
  readonly detail: string;
}

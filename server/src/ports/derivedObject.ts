import type { Volume } from '../domain/volume.ts';

/** What every DICOM object that is made of a series says of itself. */
export interface DerivedObject {
  /** Only geometry, slices, series, what the values mean, and patient attributes are used. */
  readonly source: Omit<Volume, 'values' | 'rescale'>;
  readonly algorithmName: string;
  readonly algorithmVersion: string;
  readonly seriesInstanceUID: string;
  readonly sopInstanceUID: string;
  readonly seriesDescription: string;
  readonly contentDate: Date;
}

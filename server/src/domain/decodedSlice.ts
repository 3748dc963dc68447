import type { Vector3 } from './affine.ts';
import type { ImageValueMeaning } from './valueMeaning.ts';
import type { PatientStudyAttributes } from './volume.ts';

export type StoredPixels = Int16Array | Uint16Array | Int8Array | Uint8Array;

/** One decoded image (an instance, or a frame of one) with the attributes that place it in the patient. */
export interface DecodedSlice {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly sopClassUID: string;
  readonly sopInstanceUID: string;
  /** 1-based; absent for single-frame instances. */
  readonly frameNumber?: number;
  /** InstanceNumber, which the frames of an instance share; NaN where it has none. */
  readonly instanceNumber: number;
  /**
   * Values that differ between images of several phases at one position, the most telling attribute first; empty
   * where absent. Equal lengths and meanings in all images of a series.
   */
  readonly phaseValues: readonly string[];
  readonly modality: string;
  /** Values of ImageType, e.g. ORIGINAL, PRIMARY, AXIAL. */
  readonly imageType: readonly string[];
  readonly frameOfReferenceUID: string;
  readonly rows: number;
  readonly columns: number;
  readonly imagePositionPatient: Vector3;
  /** Direction of a row (increasing column), then of a column (increasing row); LPS unit vectors. */
  readonly imageOrientationPatient: readonly [Vector3, Vector3];
  /** Row spacing (between rows), then column spacing, mm, as in PixelSpacing. */
  readonly pixelSpacingMm: readonly [number, number];
  /** Absent where the image does not say, or says nothing usable (not positive). */
  readonly sliceThicknessMm?: number;
  readonly rescaleSlope: number;
  readonly rescaleIntercept: number;
  /** Of the rescaled values. */
  readonly valueMeaning: ImageValueMeaning;
  readonly patientStudy: PatientStudyAttributes;
  /**
   * Stored values, row by row, length rows × columns. May be a view of the bytes it was decoded from.
   * Padding holds the lowest value of the rest of the image.
   */
  readonly pixels: StoredPixels;
}

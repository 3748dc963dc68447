import type { Vector3 } from '../domain/affine.ts';
import type { PatientStudyAttributes } from '../domain/volume.ts';

/** One decoded single-frame image with the attributes that place it in the patient. */
export interface DecodedSlice {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly sopClassUID: string;
  readonly sopInstanceUID: string;
  readonly modality: string;
  readonly frameOfReferenceUID: string;
  readonly rows: number;
  readonly columns: number;
  readonly imagePositionPatient: Vector3;
  /** Direction of a row (increasing column), then of a column (increasing row); LPS unit vectors. */
  readonly imageOrientationPatient: readonly [Vector3, Vector3];
  /** Row spacing (between rows), then column spacing, mm, as in PixelSpacing. */
  readonly pixelSpacingMm: readonly [number, number];
  readonly rescaleSlope: number;
  readonly rescaleIntercept: number;
  readonly patientStudy: PatientStudyAttributes;
  /** Stored values, row by row, length rows × columns. */
  readonly pixels: Int16Array | Uint16Array | Int8Array | Uint8Array;
}

/** Reads Part 10 files. */
export interface SliceDecoder {
  /** @throws Problem unsupported-pixel-data, unsupported-geometry */
  decode(part10: Uint8Array): Promise<DecodedSlice>;
}

import type { WholeSeries } from './seriesReference.ts';
import type { ValueMeaning } from './valueMeaning.ts';
import type { VolumeGeometry } from './volumeGeometry.ts';

/** The instance (and frame, for multi-frame objects) that one slice of a volume came from. */
export interface SliceSource {
  readonly sopClassUID: string;
  readonly sopInstanceUID: string;
  /** 1-based; absent for single-frame instances. */
  readonly frameNumber?: number;
}

/** Patient and study attributes of the source, as written into every object derived from it. */
export interface PatientStudyAttributes {
  readonly patientName: string;
  readonly patientID: string;
  /** Patients of other issuers may have the same patientID; empty where it is not said. */
  readonly issuerOfPatientID: string;
  readonly patientBirthDate: string;
  readonly patientSex: string;
  readonly studyInstanceUID: string;
  readonly studyID: string;
  readonly studyDate: string;
  readonly studyTime: string;
  readonly studyDescription: string;
  readonly accessionNumber: string;
  readonly referringPhysicianName: string;
  readonly positionReferenceIndicator: string;
}

/** From stored values to modality units (HU for CT): value × slope + intercept (PS3.3 C.7.6.16.2.9). */
export interface Rescale {
  readonly slope: number;
  readonly intercept: number;
}

/** Voxels as stored, array order k-j-i; `rescale` brings them to modality units. */
export interface Volume {
  readonly series: WholeSeries;
  readonly modality: string;
  readonly geometry: VolumeGeometry;
  readonly values: Int16Array | Uint16Array | Float32Array;
  readonly rescale: Rescale;
  readonly valueMeaning: ValueMeaning;
  /** One entry a slice, k ascending; undefined where the series has a gap: nothing was seen there. */
  readonly slices: readonly (SliceSource | undefined)[];
  readonly patientStudy: PatientStudyAttributes;
}

/** The images that a volume is made of, k ascending; gaps have none. */
export function imagesOf({ slices }: Pick<Volume, 'slices'>): readonly SliceSource[] {
  return slices.filter(slice => slice !== undefined);
}

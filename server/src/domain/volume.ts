import type { SeriesReference } from './seriesReference.ts';
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

/** Voxel values in modality units (HU for CT, after rescale), array order k-j-i. */
export interface Volume {
  readonly series: SeriesReference;
  readonly modality: string;
  readonly geometry: VolumeGeometry;
  readonly values: Int16Array | Float32Array;
  /** One entry a slice, k ascending. */
  readonly slices: readonly SliceSource[];
  readonly patientStudy: PatientStudyAttributes;
}

import type { OneOrMore } from '../domain/oneOrMore.ts';

/** A value as the viewer reads it from DICOM JSON. */
export type Value = number | string;
/** Items of a sequence, by keyword. */
export type Macro<Keyword extends string> = OneOrMore<Readonly<Partial<Record<Keyword, OneOrMore<Value>>>>>;

type FrameTypeMacro = 'CTImageFrameTypeSequence' | 'MRImageFrameTypeSequence' | 'PETFrameTypeSequence';

/** The functional groups that place a frame of an Enhanced image and tell its phase. */
export type FrameGroups = {
  readonly PlanePositionSequence?: Macro<'ImagePositionPatient'>;
  readonly PlaneOrientationSequence?: Macro<'ImageOrientationPatient'>;
  readonly PixelMeasuresSequence?: Macro<'PixelSpacing' | 'SliceThickness'>;
  readonly FrameContentSequence?: Macro<
    'TemporalPositionIndex' | 'FrameAcquisitionNumber' | 'FrameAcquisitionDateTime'
  >;
  readonly MREchoSequence?: Macro<'EffectiveEchoTime'>;
  readonly MRDiffusionSequence?: Macro<'DiffusionBValue'>;
  readonly CardiacSynchronizationSequence?: Macro<'NominalPercentageOfCardiacPhase'>;
} & { readonly [Sequence in FrameTypeMacro]?: Macro<'FrameType'> };

/** Attributes of an image by keyword, as the viewer has them; any may be missing. */
export interface ImageInstance {
  readonly SOPInstanceUID: string;
  readonly imageId?: string;
  readonly NumberOfFrames?: Value;
  readonly InstanceNumber?: Value;
  readonly FrameOfReferenceUID?: string;
  readonly ImageType?: OneOrMore<Value>;
  readonly Rows?: Value;
  readonly Columns?: Value;
  readonly ImagePositionPatient?: OneOrMore<Value>;
  readonly ImageOrientationPatient?: OneOrMore<Value>;
  readonly PixelSpacing?: OneOrMore<Value>;
  readonly SliceThickness?: OneOrMore<Value>;
  readonly TemporalPositionIdentifier?: Value;
  readonly EchoNumbers?: OneOrMore<Value>;
  readonly DiffusionBValue?: Value;
  readonly AcquisitionNumber?: Value;
  readonly TriggerTime?: Value;
  readonly EchoTime?: Value;
  readonly AcquisitionDateTime?: Value;
  readonly AcquisitionTime?: Value;
  readonly ContentTime?: Value;
  readonly PerFrameFunctionalGroupsSequence?: OneOrMore<FrameGroups>;
  readonly SharedFunctionalGroupsSequence?: OneOrMore<FrameGroups>;
}

/** What the standard asks of one attribute. */
export interface AttributeRule {
  /** Module or macro, and its section of PS3.3. */
  readonly module: string;
  /** Keywords of the sequences that hold it, outermost first; the rule holds in every item of them. */
  readonly path: readonly string[];
  readonly keyword: string;
  /** 1: present with a value; 2: present; absent: must not be there (PS3.5 7.4). */
  readonly type: '1' | '2' | 'absent';
  /** Its only values: all of a text with several, one of a number's. */
  readonly values?: readonly (string | number)[];
}

type Rules = Readonly<Record<string, AttributeRule['type'] | readonly ['1', ...(string | number)[]]>>;

function rulesOf(module: string, path: string, rules: Rules): readonly AttributeRule[] {
  return Object.entries(rules).map(([keyword, rule]): AttributeRule => {
    const where = { module, path: path === '' ? [] : path.split('/'), keyword };
    if (typeof rule === 'string') return { ...where, type: rule };
    const [type, ...values] = rule;
    return { ...where, type, values };
  });
}

const FRAME = 'PerFrameFunctionalGroupsSequence';
const SHARED = 'SharedFunctionalGroupsSequence';
const DERIVATION = `${FRAME}/DerivationImageSequence`;
const CODE: Rules = { CodeValue: '1', CodingSchemeDesignator: '1', CodeMeaning: '1' };

/** Where coded concepts stand; where a sequence is absent, nothing is asked of its items. */
const CODED = [
  'SegmentSequence/SegmentedPropertyCategoryCodeSequence',
  'SegmentSequence/SegmentedPropertyTypeCodeSequence',
  'SegmentSequence/SegmentedPropertyTypeCodeSequence/SegmentedPropertyTypeModifierCodeSequence',
  'SegmentSequence/AnatomicRegionSequence',
  'SegmentSequence/AnatomicRegionSequence/AnatomicRegionModifierSequence',
  'SegmentSequence/SegmentationAlgorithmIdentificationSequence/AlgorithmFamilyCodeSequence',
  `${DERIVATION}/DerivationCodeSequence`,
  `${DERIVATION}/SourceImageSequence/PurposeOfReferenceCodeSequence`,
  'ContributingEquipmentSequence/PurposeOfReferenceCodeSequence',
];

/**
 * Label Map Segmentation (PS3.3 A.51, as Supplement 243 extends it) in a patient's coordinates, grey, one stack: its
 * mandatory modules, and the attributes of others that such an object cannot do without.
 */
export const LABELMAP_RULES: readonly AttributeRule[] = [
  ...rulesOf('Patient C.7.1.1', '', {
    ...{ PatientName: '2', PatientID: '2', PatientBirthDate: '2', PatientSex: '2' },
  }),
  ...rulesOf('General Study C.7.2.1', '', {
    ...{ StudyInstanceUID: '1', StudyDate: '2', StudyTime: '2', StudyID: '2' },
    ...{ AccessionNumber: '2', ReferringPhysicianName: '2' },
  }),
  ...rulesOf('Segmentation Series C.8.20.1', '', {
    ...{ Modality: ['1', 'SEG'], SeriesInstanceUID: '1', SeriesNumber: '1' },
  }),
  ...rulesOf('Frame of Reference C.7.4.1', '', {
    ...{ FrameOfReferenceUID: '1', PositionReferenceIndicator: '2' },
  }),
  ...rulesOf('General Equipment C.7.5.1', '', { PixelPaddingValue: ['1', 0] }),
  ...rulesOf('Enhanced General Equipment C.7.5.2', '', {
    ...{ Manufacturer: '1', ManufacturerModelName: '1', DeviceSerialNumber: '1', SoftwareVersions: '1' },
  }),
  ...rulesOf('Image Pixel C.7.6.3', '', {
    ...{ Rows: '1', Columns: '1', PixelData: '1', PlanarConfiguration: 'absent' },
  }),
  ...rulesOf('Segmentation Image C.8.20.2', '', {
    ...{ ImageType: ['1', 'DERIVED', 'PRIMARY'], InstanceNumber: '1' },
    ...{ ContentLabel: '1', ContentDescription: '2', ContentCreatorName: '2' },
    ...{ SamplesPerPixel: ['1', 1], PhotometricInterpretation: ['1', 'MONOCHROME2'] },
    ...{ PixelRepresentation: ['1', 0], BitsAllocated: ['1', 8, 16] },
    ...{ BitsStored: ['1', 8, 16], HighBit: ['1', 7, 15], LossyImageCompression: ['1', '00'] },
    ...{ SegmentationType: ['1', 'LABELMAP'], SegmentsOverlap: ['1', 'NO'], SegmentSequence: '1' },
    ...{ MaximumFractionalValue: 'absent', SegmentationFractionalType: 'absent' },
  }),
  ...rulesOf('Segment Description C.8.20.4', 'SegmentSequence', {
    ...{ SegmentNumber: '1', SegmentLabel: '1', SegmentAlgorithmType: '1', SegmentAlgorithmName: '1' },
    ...{ SegmentedPropertyCategoryCodeSequence: '1', SegmentedPropertyTypeCodeSequence: '1' },
    ...{ TrackingID: '1', TrackingUID: '1' },
  }),
  ...rulesOf(
    'Algorithm Identification 10-19',
    'SegmentSequence/SegmentationAlgorithmIdentificationSequence',
    {
      ...{ AlgorithmFamilyCodeSequence: '1', AlgorithmName: '1', AlgorithmVersion: '1' },
    },
  ),
  ...rulesOf('Multi-frame Functional Groups C.7.6.16', '', {
    ...{ ContentDate: '1', ContentTime: '1', NumberOfFrames: '1', [SHARED]: '1', [FRAME]: '1' },
  }),
  ...rulesOf('Pixel Measures C.7.6.16.2.1', SHARED, { PixelMeasuresSequence: '1' }),
  ...rulesOf('Pixel Measures C.7.6.16.2.1', `${SHARED}/PixelMeasuresSequence`, {
    ...{ PixelSpacing: '1', SliceThickness: '1' },
  }),
  ...rulesOf('Plane Orientation C.7.6.16.2.4', SHARED, { PlaneOrientationSequence: '1' }),
  ...rulesOf('Plane Orientation C.7.6.16.2.4', `${SHARED}/PlaneOrientationSequence`, {
    ImageOrientationPatient: '1',
  }),
  ...rulesOf('Frame Content C.7.6.16.2.2', FRAME, { FrameContentSequence: '1' }),
  ...rulesOf('Frame Content C.7.6.16.2.2', `${FRAME}/FrameContentSequence`, { DimensionIndexValues: '1' }),
  ...rulesOf('Plane Position C.7.6.16.2.3', FRAME, { PlanePositionSequence: '1' }),
  ...rulesOf('Plane Position C.7.6.16.2.3', `${FRAME}/PlanePositionSequence`, { ImagePositionPatient: '1' }),
  ...rulesOf('Derivation Image C.7.6.16.2.6', FRAME, { DerivationImageSequence: '2' }),
  ...rulesOf('Derivation Image C.7.6.16.2.6', DERIVATION, {
    ...{ SourceImageSequence: '2', DerivationCodeSequence: '1' },
  }),
  ...rulesOf('Derivation Image C.7.6.16.2.6', `${DERIVATION}/SourceImageSequence`, {
    ...{ ReferencedSOPClassUID: '1', ReferencedSOPInstanceUID: '1', PurposeOfReferenceCodeSequence: '1' },
  }),
  ...rulesOf('Segmentation C.8.20.3.1', FRAME, { SegmentIdentificationSequence: 'absent' }),
  ...rulesOf('Segmentation C.8.20.3.1', SHARED, { SegmentIdentificationSequence: 'absent' }),
  ...rulesOf('Multi-frame Dimension C.7.6.17', '', {
    ...{ DimensionOrganizationSequence: '1', DimensionIndexSequence: '1' },
  }),
  ...rulesOf('Multi-frame Dimension C.7.6.17', 'DimensionOrganizationSequence', {
    DimensionOrganizationUID: '1',
  }),
  ...rulesOf('Multi-frame Dimension C.7.6.17', 'DimensionIndexSequence', {
    ...{ DimensionOrganizationUID: '1', DimensionIndexPointer: '1', FunctionalGroupPointer: '1' },
  }),
  ...rulesOf('Common Instance Reference C.12.2', '', { ReferencedSeriesSequence: '1' }),
  ...rulesOf('Common Instance Reference C.12.2', 'ReferencedSeriesSequence', {
    ...{ SeriesInstanceUID: '1', ReferencedInstanceSequence: '1' },
  }),
  ...rulesOf('Common Instance Reference C.12.2', 'ReferencedSeriesSequence/ReferencedInstanceSequence', {
    ...{ ReferencedSOPClassUID: '1', ReferencedSOPInstanceUID: '1' },
  }),
  ...rulesOf('SOP Common C.12.1', '', {
    ...{ SOPClassUID: ['1', '1.2.840.10008.5.1.4.1.1.66.7'], SOPInstanceUID: '1' },
    SpecificCharacterSet: ['1', 'ISO_IR 192'],
  }),
  ...CODED.flatMap(path => rulesOf('Code Sequence 8.8', path, CODE)),
];

/** The same for images that are not evenly spaced: each frame has its own Pixel Measures. */
export const UNEVEN_LABELMAP_RULES: readonly AttributeRule[] = LABELMAP_RULES.map(rule =>
  rule.module.startsWith('Pixel Measures') ? { ...rule, path: [FRAME, ...rule.path.slice(1)] } : rule,
);

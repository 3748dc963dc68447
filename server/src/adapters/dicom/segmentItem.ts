import type { NaturalizedDataset } from 'dcmjs';
import { segmentedPropertyOf, type Code } from '../../domain/terminology.ts';
import type { SegmentationToEncode, SegmentToEncode } from '../../ports/segmentationEncoder.ts';
import { dicomLabOf } from './cielab.ts';

/** Item of SegmentSequence (PS3.3 C.8.20.2, C.8.20.4). */
export function segmentItem(
  { label, colour, trackingUID }: SegmentToEncode,
  segmentNumber: number,
  { algorithmName, algorithmVersion }: SegmentationToEncode,
): NaturalizedDataset {
  const { category, type, laterality, anatomicRegion } = segmentedPropertyOf(label);
  const sideOf = laterality && [codeItem(laterality)];
  return {
    SegmentNumber: segmentNumber,
    SegmentLabel: label,
    SegmentAlgorithmType: 'SEMIAUTOMATIC',
    SegmentAlgorithmName: algorithmName,
    SegmentedPropertyCategoryCodeSequence: [codeItem(category)],
    SegmentedPropertyTypeCodeSequence: [
      {
        ...codeItem(type),
        ...(sideOf && !anatomicRegion && { SegmentedPropertyTypeModifierCodeSequence: sideOf }),
      },
    ],
    ...(anatomicRegion && {
      AnatomicRegionSequence: [
        { ...codeItem(anatomicRegion), ...(sideOf && { AnatomicRegionModifierSequence: sideOf }) },
      ],
    }),
    TrackingID: label,
    TrackingUID: trackingUID,
    RecommendedDisplayCIELabValue: dicomLabOf(colour),
    SegmentationAlgorithmIdentificationSequence: [
      {
        AlgorithmFamilyCodeSequence: [dcm('123110', 'Artificial Intelligence')],
        AlgorithmName: algorithmName,
        AlgorithmVersion: algorithmVersion,
      },
    ],
  };
}

export function codeItem({ value, scheme, meaning }: Code): NaturalizedDataset {
  return { CodeValue: value, CodingSchemeDesignator: scheme, CodeMeaning: meaning };
}

export function dcm(value: string, meaning: string): NaturalizedDataset {
  return codeItem({ value, scheme: 'DCM', meaning });
}

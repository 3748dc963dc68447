import type { NaturalizedDataset } from 'dcmjs';
import { codesOfLabel, type SegmentAlgorithm, type SegmentCodes } from '../../domain/segmentDescription.ts';
import type { Code } from '../../domain/terminology.ts';
import type { SegmentationToEncode, SegmentToEncode } from '../../ports/segmentationEncoder.ts';
import { dicomLabOf } from './cielab.ts';

/** Longer values have an attribute of their own (PS3.3 8.8). */
const LONGEST_CODE_VALUE = 16;

/** Item of SegmentSequence (PS3.3 C.8.20.2, C.8.20.4). */
export function segmentItem(
  segment: SegmentToEncode,
  segmentNumber: number,
  segmentation: SegmentationToEncode,
): NaturalizedDataset {
  const { label, colour, trackingUID, trackingID = label, codes = codesOfLabel(label), algorithm } = segment;
  return {
    SegmentNumber: segmentNumber,
    SegmentLabel: label,
    ...codeSequences(codes),
    TrackingID: trackingID,
    TrackingUID: trackingUID,
    RecommendedDisplayCIELabValue: dicomLabOf(colour),
    ...(algorithm ? foreignAlgorithm(algorithm) : ownAlgorithm(segmentation, segment)),
  };
}

function codeSequences({ category, type, typeModifiers, anatomicRegion }: SegmentCodes): NaturalizedDataset {
  return {
    SegmentedPropertyCategoryCodeSequence: [codeItem(category)],
    SegmentedPropertyTypeCodeSequence: [
      {
        ...codeItem(type),
        ...(typeModifiers.length > 0 && {
          SegmentedPropertyTypeModifierCodeSequence: typeModifiers.map(codeItem),
        }),
      },
    ],
    ...(anatomicRegion && {
      AnatomicRegionSequence: [
        {
          ...codeItem(anatomicRegion.code),
          ...(anatomicRegion.modifiers.length > 0 && {
            AnatomicRegionModifierSequence: anatomicRegion.modifiers.map(codeItem),
          }),
        },
      ],
    }),
  };
}

function ownAlgorithm(
  { algorithmName, algorithmVersion }: SegmentationToEncode,
  { algorithmParameters }: SegmentToEncode,
): NaturalizedDataset {
  return {
    SegmentAlgorithmType: 'SEMIAUTOMATIC',
    SegmentAlgorithmName: algorithmName,
    SegmentationAlgorithmIdentificationSequence: [
      {
        AlgorithmFamilyCodeSequence: [dcm('123110', 'Artificial Intelligence')],
        AlgorithmName: algorithmName,
        AlgorithmVersion: algorithmVersion,
        ...(algorithmParameters !== undefined && { AlgorithmParameters: algorithmParameters }),
      },
    ],
  };
}

function foreignAlgorithm(algorithm: SegmentAlgorithm): NaturalizedDataset {
  return {
    SegmentAlgorithmType: algorithm.type,
    ...(algorithm.type !== 'MANUAL' && { SegmentAlgorithmName: algorithm.name }),
  };
}

export function codeItem({ value, scheme, meaning }: Code): NaturalizedDataset {
  const codeValue = value.length > LONGEST_CODE_VALUE ? { LongCodeValue: value } : { CodeValue: value };
  return { ...codeValue, CodingSchemeDesignator: scheme, CodeMeaning: meaning };
}

export function dcm(value: string, meaning: string): NaturalizedDataset {
  return codeItem({ value, scheme: 'DCM', meaning });
}

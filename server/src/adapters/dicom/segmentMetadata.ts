import { data } from 'dcmjs';
import { LONGEST_CODE_VALUE } from '../../domain/code.ts';
import { currentCode } from '../../domain/currentCode.ts';
import { itemsOf, numbersOf, textOf } from '../../domain/datasetValues.ts';
import type { DicomJsonDataset } from '../../domain/dicomJson.ts';
import { Problem } from '../../domain/errors.ts';
import type { SegmentAlgorithm, SegmentCodes } from '../../domain/segmentDescription.ts';
import type { DecodedSegment } from '../../domain/decodedSegmentation.ts';
import type { ColourRgb } from '../../domain/segmentation.ts';
import { segmentedPropertyOf, type Code } from '../../domain/terminology.ts';
import { isUid } from '../../domain/uid.ts';

const TAG = {
  anatomicRegion: '00082218',
  anatomicRegionModifier: '00082220',
  category: '00620003',
  segmentNumber: '00620004',
  segmentLabel: '00620005',
  algorithmType: '00620008',
  algorithmName: '00620009',
  cielab: '0062000D',
  type: '0062000F',
  typeModifier: '00620011',
  trackingID: '00620020',
  trackingUID: '00620021',
} as const;

/** Background (DCM), the segment that some writers give to the voxels of a LABELMAP that are in none. */
const BACKGROUND_CODE = '125040';
const UNNAMED_ALGORITHM = 'unknown';
/** As many as SegmentNumber, of 16 bits, can say; other VRs say more. */
const HIGHEST_SEGMENT_NUMBER = 0xffff;
/** Of LO (PS3.5 6.2). What is opened is written again, and shown. */
const LONGEST_TEXT = 64;
/** Of SH. */
const LONGEST_SCHEME = 16;
/** TrackingID has no limit. */
const LONGEST_TRACKING_ID = 1024;

/**
 * An item of SegmentSequence (PS3.3 C.8.20.2); undefined for the background. Of what could not be written again, texts
 * are cut and codes and UIDs left out.
 * @throws Problem unsupported-segmentation
 */
export function readSegmentItem(item: DicomJsonDataset): DecodedSegment | undefined {
  const segmentNumber = numbersOf(item, TAG.segmentNumber)[0] ?? 0;
  const typeCode = codesIn(item, TAG.type)[0];
  const isBackground = typeCode?.scheme === 'DCM' && typeCode.value === BACKGROUND_CODE;
  if (segmentNumber === 0 || isBackground) return undefined;
  if (!Number.isInteger(segmentNumber) || segmentNumber < 0 || segmentNumber > HIGHEST_SEGMENT_NUMBER) {
    throw new Problem('unsupported-segmentation', 'A segment has no usable number.', { segmentNumber });
  }
  const label = shortText(textOf(item, TAG.segmentLabel)) || `Segment ${segmentNumber}`;
  const colour = readColour(item);
  const trackingUID = textOf(item, TAG.trackingUID);
  return {
    segmentNumber,
    label,
    ...(colour && { colour }),
    ...(isUid(trackingUID) && { trackingUID }),
    description: {
      codes: readCodes(item, label),
      trackingID: shortText(textOf(item, TAG.trackingID), LONGEST_TRACKING_ID) || label,
      algorithm: readAlgorithm(item),
    },
  };
}

function readCodes(item: DicomJsonDataset, label: string): SegmentCodes {
  const [typeItem] = itemsOf(item, TAG.type);
  const [regionItem] = itemsOf(item, TAG.anatomicRegion);
  const region = codesIn(item, TAG.anatomicRegion)[0];
  const fromLabel = segmentedPropertyOf(label);
  return {
    category: codesIn(item, TAG.category)[0] ?? fromLabel.category,
    type: codesIn(item, TAG.type)[0] ?? fromLabel.type,
    typeModifiers: typeItem ? codesIn(typeItem, TAG.typeModifier) : [],
    ...(region &&
      regionItem && {
        anatomicRegion: { code: region, modifiers: codesIn(regionItem, TAG.anatomicRegionModifier) },
      }),
  };
}

/** Coded concepts of a sequence (PS3.3 8.8); those that name none are left out. */
function codesIn(dataset: DicomJsonDataset, tag: string): readonly Code[] {
  return itemsOf(dataset, tag).flatMap(item => {
    const value = textOf(item, '00080100') || textOf(item, '00080119');
    const code = { value, scheme: textOf(item, '00080102'), meaning: shortText(textOf(item, '00080104')) };
    const isCode =
      isTerm(value, LONGEST_CODE_VALUE) && isTerm(code.scheme, LONGEST_SCHEME) && code.meaning !== '';
    return isCode ? [currentCode(code)] : [];
  });
}

function readAlgorithm(item: DicomJsonDataset): SegmentAlgorithm {
  const type = textOf(item, TAG.algorithmType);
  if (type === 'MANUAL') return { type };
  const name = shortText(textOf(item, TAG.algorithmName)) || UNNAMED_ALGORITHM;
  return { type: type === 'AUTOMATIC' ? type : 'SEMIAUTOMATIC', name };
}

function readColour(item: DicomJsonDataset): ColourRgb | undefined {
  const lab = numbersOf(item, TAG.cielab);
  if (lab.length !== 3) return undefined;
  const channel = (index: number): number => {
    const value = data.Colors.dicomlab2RGB(lab)[index] ?? 0;
    return Math.round(255 * Math.min(1, Math.max(0, value)));
  };
  return [channel(0), channel(1), channel(2)];
}

/** A cut code would be another one. */
function isTerm(text: string, longest: number): boolean {
  return text !== '' && text.length <= longest && shortText(text, longest) === text;
}

/** Without the control characters that no label here may hold, and cut between two characters. */
function shortText(text: string, longest = LONGEST_TEXT): string {
  const plain = text.replace(/[\\\p{Cc}\p{Cs}]+/gu, ' ').trim();
  return plain
    .slice(0, longest)
    .replace(/[\uD800-\uDBFF]$/, '')
    .trimEnd();
}

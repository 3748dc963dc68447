import { data } from 'dcmjs';
import { currentCode } from '../../domain/currentCode.ts';
import { itemsOf, numbersOf, textOf } from '../../domain/datasetValues.ts';
import type { DicomJsonDataset } from '../../domain/dicomJson.ts';
import type { SegmentAlgorithm, SegmentCodes } from '../../domain/segmentDescription.ts';
import type { DecodedSegment } from '../../domain/decodedSegmentation.ts';
import type { ColourRgb } from '../../domain/segmentation.ts';
import { segmentedPropertyOf, type Code } from '../../domain/terminology.ts';

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

/** An item of SegmentSequence (PS3.3 C.8.20.2); undefined for the background. */
export function readSegmentItem(item: DicomJsonDataset): DecodedSegment | undefined {
  const segmentNumber = numbersOf(item, TAG.segmentNumber)[0] ?? 0;
  const typeCode = codesIn(item, TAG.type)[0];
  const isBackground = typeCode?.scheme === 'DCM' && typeCode.value === BACKGROUND_CODE;
  if (segmentNumber === 0 || isBackground) return undefined;
  const label = plainText(textOf(item, TAG.segmentLabel)) || `Segment ${segmentNumber}`;
  const colour = readColour(item);
  const trackingUID = textOf(item, TAG.trackingUID);
  return {
    segmentNumber,
    label,
    ...(colour && { colour }),
    ...(trackingUID !== '' && { trackingUID }),
    description: {
      codes: readCodes(item, label),
      trackingID: plainText(textOf(item, TAG.trackingID)) || label,
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

/** Coded concepts of a sequence (PS3.3 8.8); those without a value are left out. */
function codesIn(dataset: DicomJsonDataset, tag: string): readonly Code[] {
  return itemsOf(dataset, tag).flatMap(item => {
    const value = textOf(item, '00080100') || textOf(item, '00080119');
    const code = { value, scheme: textOf(item, '00080102'), meaning: plainText(textOf(item, '00080104')) };
    return code.value === '' || code.scheme === '' || code.meaning === '' ? [] : [currentCode(code)];
  });
}

function readAlgorithm(item: DicomJsonDataset): SegmentAlgorithm {
  const type = textOf(item, TAG.algorithmType);
  if (type === 'MANUAL') return { type };
  const name = plainText(textOf(item, TAG.algorithmName)) || UNNAMED_ALGORITHM;
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

/** Without the control characters that no label here may hold. */
function plainText(text: string): string {
  return text.replace(/[\\\p{Cc}]+/gu, ' ').trim();
}

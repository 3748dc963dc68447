import type { NaturalizedDataset } from 'dcmjs';
import { affineColumn, scale } from '../../domain/affine.ts';
import { spacingMmOf, stepAlongNormalMm, type VolumeGeometry } from '../../domain/volumeGeometry.ts';
import type { SegmentationToEncode } from '../../ports/segmentationEncoder.ts';
import { decimalString } from './decimalString.ts';
import { localTime } from './localTime.ts';
import { frameOfReference, patientAndStudy } from './patientAndStudy.ts';
import type { SegFrame } from './segFrames.ts';
import { dcm, segmentItem } from './segmentItem.ts';
import { bitsAllocatedOf } from './segPixels.ts';

/** SOP classes of segmentations (PS3.4 B.5). */
export const SEGMENTATION_STORAGE = {
  BINARY: '1.2.840.10008.5.1.4.1.1.66.4',
  LABELMAP: '1.2.840.10008.5.1.4.1.1.66.7',
} as const;
/** Behind the numbers that scanners use, so that segmentations are listed after the images. */
const SERIES_NUMBER = 1000;
const PRODUCT = 'Tomoclick';

export function segmentationStorageOf({ format }: SegmentationToEncode): string {
  return SEGMENTATION_STORAGE[format.segmentationType];
}

/**
 * Attributes of a segmentation (PS3.3 A.51) up to the per-frame functional groups, which with the pixel data come
 * behind them in tag order.
 */
export function segDataset(
  segmentation: SegmentationToEncode,
  frames: readonly SegFrame[],
): NaturalizedDataset {
  return {
    SpecificCharacterSet: 'ISO_IR 192',
    ...patientAndStudy(segmentation),
    ...frameOfReference(segmentation),
    ...seriesAndEquipment(segmentation),
    ...imageAndContent(segmentation, frames),
    ...dimensions(segmentation),
    ...overlap(segmentation),
    SegmentationType: segmentation.format.segmentationType,
    SegmentSequence: segmentation.segments.map((segment, index) =>
      segmentItem(segment, index + 1, segmentation),
    ),
    SharedFunctionalGroupsSequence: [sharedGroups(segmentation.source.geometry)],
    ReferencedSeriesSequence: [referencedSeries(segmentation, frames)],
  };
}

function seriesAndEquipment(segmentation: SegmentationToEncode): NaturalizedDataset {
  const { date, time, offset } = localTime(segmentation.contentDate);
  const equipment = {
    Manufacturer: PRODUCT,
    ManufacturerModelName: segmentation.algorithmName,
    SoftwareVersions: segmentation.algorithmVersion,
    // Type 1 for enhanced equipment; software has none.
    DeviceSerialNumber: '0',
  };
  return {
    ...equipment,
    Modality: 'SEG',
    SeriesInstanceUID: segmentation.seriesInstanceUID,
    SeriesNumber: String(SERIES_NUMBER),
    SeriesDescription: segmentation.seriesDescription,
    SeriesDate: date,
    SeriesTime: time,
    ContributingEquipmentSequence: [
      {
        ...equipment,
        PurposeOfReferenceCodeSequence: [dcm('109102', 'Processing Equipment')],
        ContributionDateTime: `${date}${time}${offset}`,
        ContributionDescription: 'Interactive segmentation',
      },
    ],
  };
}

function imageAndContent(
  segmentation: SegmentationToEncode,
  frames: readonly SegFrame[],
): NaturalizedDataset {
  const { date, time, offset } = localTime(segmentation.contentDate);
  const [columns, rows] = segmentation.source.geometry.shapeIjk;
  const bitsAllocated = bitsAllocatedOf(segmentation);
  return {
    SOPClassUID: segmentationStorageOf(segmentation),
    SOPInstanceUID: segmentation.sopInstanceUID,
    ImageType: ['DERIVED', 'PRIMARY'],
    InstanceNumber: '1',
    ContentDate: date,
    ContentTime: time,
    TimezoneOffsetFromUTC: offset,
    ContentLabel: 'SEGMENTATION',
    ContentDescription: segmentation.seriesDescription,
    ContentCreatorName: `${PRODUCT}^Server`,
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    NumberOfFrames: String(frames.length),
    Rows: rows,
    Columns: columns,
    BitsAllocated: bitsAllocated,
    BitsStored: bitsAllocated,
    HighBit: bitsAllocated - 1,
    PixelRepresentation: 0,
    LossyImageCompression: '00',
  };
}

/** A LABELMAP has no voxel in two segments, and 0 in those that are in none. */
function overlap({ format, segments }: SegmentationToEncode): NaturalizedDataset {
  if (format.segmentationType === 'LABELMAP') {
    return { SegmentsOverlap: 'NO', PixelPaddingValue: 0, _vrMap: { PixelPaddingValue: 'US' } };
  }
  return segments.length === 1 ? { SegmentsOverlap: 'NO' } : {};
}

/** Frames are told apart by segment and position, those of a LABELMAP by position alone. */
function dimensions({ format, dimensionOrganizationUID }: SegmentationToEncode): NaturalizedDataset {
  // Tags as numbers: dcmjs takes a string of digits for a decimal one.
  const bySegment = {
    DimensionOrganizationUID: dimensionOrganizationUID,
    DimensionIndexPointer: 0x0062000b,
    FunctionalGroupPointer: 0x0062000a,
    DimensionDescriptionLabel: 'ReferencedSegmentNumber',
  };
  const byPosition = {
    DimensionOrganizationUID: dimensionOrganizationUID,
    DimensionIndexPointer: 0x00200032,
    FunctionalGroupPointer: 0x00209113,
    DimensionDescriptionLabel: 'ImagePositionPatient',
  };
  return {
    DimensionOrganizationSequence: [{ DimensionOrganizationUID: dimensionOrganizationUID }],
    DimensionIndexSequence: format.segmentationType === 'LABELMAP' ? [byPosition] : [bySegment, byPosition],
  };
}

function sharedGroups(geometry: VolumeGeometry): NaturalizedDataset {
  const [betweenColumnsMm, betweenRowsMm] = spacingMmOf(geometry);
  const row = scale(affineColumn(geometry.ijkToLps, 0), 1 / betweenColumnsMm);
  const column = scale(affineColumn(geometry.ijkToLps, 1), 1 / betweenRowsMm);
  const betweenSlices = decimalString(stepAlongNormalMm(geometry));
  const pixelMeasures = {
    PixelSpacing: [betweenRowsMm, betweenColumnsMm].map(decimalString),
    SliceThickness: betweenSlices,
    SpacingBetweenSlices: betweenSlices,
  };
  return {
    // Where the images are not evenly spaced, each frame has its own.
    ...(!geometry.slicePlaces && { PixelMeasuresSequence: [pixelMeasures] }),
    PlaneOrientationSequence: [{ ImageOrientationPatient: [...row, ...column].map(decimalString) }],
  };
}

function referencedSeries({ source }: SegmentationToEncode, frames: readonly SegFrame[]): NaturalizedDataset {
  const instances = new Map(
    frames.flatMap(({ k }) => {
      const slice = source.slices[k];
      return slice ? [[slice.sopInstanceUID, slice.sopClassUID] as const] : [];
    }),
  );
  return {
    SeriesInstanceUID: source.series.seriesInstanceUID,
    ReferencedInstanceSequence: [...instances].map(([sopInstanceUID, sopClassUID]) => ({
      ReferencedSOPClassUID: sopClassUID,
      ReferencedSOPInstanceUID: sopInstanceUID,
    })),
  };
}

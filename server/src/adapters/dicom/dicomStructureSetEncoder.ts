import type { NaturalizedDataset } from 'dcmjs';
import { imagesOf, type SliceSource } from '../../domain/volume.ts';
import { maskVolumeMl } from '../../domain/maskVolume.ts';
import type { ExportedSegment } from '../../ports/exportedSegment.ts';
import type { StructureSetEncoder, StructureSetToEncode } from '../../ports/structureSetEncoder.ts';
import { codeItem } from './segmentItem.ts';
import { IMPLICIT_VR_LITTLE_ENDIAN } from './transferSyntax.ts';
import { datasetBytes } from './datasetBytes.ts';
import { decimalString } from './decimalString.ts';
import { fileMeta } from './fileMeta.ts';
import { localTime } from './localTime.ts';
import { frameOfReference, patientAndStudy } from './patientAndStudy.ts';
import { roiContourSequence } from './roiContours.ts';

const RT_STRUCTURE_SET_STORAGE = '1.2.840.10008.5.1.4.1.1.481.3';
/** Detached Study Management, retired; the attribute wants a class, and this is the one that is in use. */
const STUDY_CLASS = '1.2.840.10008.3.1.2.3.1';
/** Behind the segmentations and their reports. */
const SERIES_NUMBER = 1002;
const UTF_8 = { SpecificCharacterSet: 'ISO_IR 192' };

/** (0008,0005) in implicit VR: tag, length and ISO_IR 192. */
const CHARACTER_SET_BYTES = 18;

/**
 * Implicit VR: contours of a large organ have more bytes than the 16 bits of length that explicit VR has for decimal
 * strings. What stands before and behind the contours is written by dcmjs, these by us.
 */
export class DicomStructureSetEncoder implements StructureSetEncoder {
  async encode(structureSet: StructureSetToEncode, signal: AbortSignal): Promise<Uint8Array> {
    const { sopInstanceUID } = structureSet;
    const transferSyntaxUID = IMPLICIT_VR_LITTLE_ENDIAN;
    return Buffer.concat([
      fileMeta({ sopClassUID: RT_STRUCTURE_SET_STORAGE, sopInstanceUID, transferSyntaxUID }),
      datasetBytes({ ...UTF_8, ...beforeContours(structureSet) }, transferSyntaxUID),
      await roiContourSequence(structureSet, signal),
      // The character set is told to the writer, and stands in the file once.
      datasetBytes({ ...UTF_8, ...behindContours(structureSet) }, transferSyntaxUID).subarray(
        CHARACTER_SET_BYTES,
      ),
    ]);
  }
}

function beforeContours(structureSet: StructureSetToEncode): NaturalizedDataset {
  const { source, segments } = structureSet;
  const { date, time, offset } = localTime(structureSet.contentDate);
  return {
    ...patientAndStudy(structureSet),
    ...frameOfReference(structureSet),
    Modality: 'RTSTRUCT',
    SeriesInstanceUID: structureSet.seriesInstanceUID,
    SeriesNumber: String(SERIES_NUMBER),
    SeriesDescription: structureSet.seriesDescription,
    SeriesDate: date,
    SeriesTime: time,
    OperatorsName: '',
    Manufacturer: 'Tomoclick',
    ManufacturerModelName: structureSet.algorithmName,
    SoftwareVersions: structureSet.algorithmVersion,
    SOPClassUID: RT_STRUCTURE_SET_STORAGE,
    SOPInstanceUID: structureSet.sopInstanceUID,
    InstanceNumber: '1',
    TimezoneOffsetFromUTC: offset,
    StructureSetLabel: 'Tomoclick',
    StructureSetName: structureSet.seriesDescription,
    StructureSetDate: date,
    StructureSetTime: time,
    ReferencedFrameOfReferenceSequence: [referencedFrameOfReference(source)],
    StructureSetROISequence: segments.map(segment => structureSetRoi(segment, structureSet)),
  };
}

function behindContours({ segments }: StructureSetToEncode): NaturalizedDataset {
  return { RTROIObservationsSequence: segments.map(roiObservation), ApprovalStatus: 'UNAPPROVED' };
}

function referencedFrameOfReference(source: StructureSetToEncode['source']): NaturalizedDataset {
  return {
    FrameOfReferenceUID: source.geometry.frameOfReferenceUID,
    RTReferencedStudySequence: [
      {
        ReferencedSOPClassUID: STUDY_CLASS,
        ReferencedSOPInstanceUID: source.series.studyInstanceUID,
        RTReferencedSeriesSequence: [
          {
            SeriesInstanceUID: source.series.seriesInstanceUID,
            ContourImageSequence: imagesOf(source).map(imageReference),
          },
        ],
      },
    ],
  };
}

function imageReference({ sopClassUID, sopInstanceUID, frameNumber }: SliceSource): NaturalizedDataset {
  return {
    ReferencedSOPClassUID: sopClassUID,
    ReferencedSOPInstanceUID: sopInstanceUID,
    ...(frameNumber !== undefined && { ReferencedFrameNumber: String(frameNumber) }),
  };
}

function structureSetRoi(
  { segmentNumber, label, mask }: ExportedSegment,
  { source, algorithmName }: StructureSetToEncode,
): NaturalizedDataset {
  const { geometry } = source;
  return {
    ROINumber: String(segmentNumber),
    ReferencedFrameOfReferenceUID: geometry.frameOfReferenceUID,
    ROIName: label,
    // In ml, which the standard calls cubic centimetres.
    ROIVolume: decimalString(maskVolumeMl(mask, geometry)),
    ROIGenerationAlgorithm: 'SEMIAUTOMATIC',
    ROIGenerationDescription: algorithmName,
  };
}

/** The number of the observation is that of its region: there is one each. */
function roiObservation({ segmentNumber, codes: { category, type } }: ExportedSegment): NaturalizedDataset {
  return {
    ObservationNumber: String(segmentNumber),
    ReferencedROINumber: String(segmentNumber),
    RTROIIdentificationCodeSequence: [codeItem(type)],
    // What it is for is the planner's to say; only that it is an organ is known here.
    RTROIInterpretedType: category.meaning === 'Anatomical Structure' ? 'ORGAN' : '',
    ROIInterpreter: '',
  };
}

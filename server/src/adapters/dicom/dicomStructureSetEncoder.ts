import type { NaturalizedDataset } from 'dcmjs';
import { imagesOf } from '../../domain/volume.ts';
import { maskVolumeMl } from '../../domain/maskVolume.ts';
import type { ExportedSegment } from '../../ports/exportedSegment.ts';
import type { StructureSetEncoder, StructureSetToEncode } from '../../ports/structureSetEncoder.ts';
import { codeItem } from './segmentItem.ts';
import { IMPLICIT_VR_LITTLE_ENDIAN } from './transferSyntax.ts';
import { decimalString } from './decimalString.ts';
import { localTime } from './localTime.ts';
import { part10File } from './part10File.ts';
import { frameOfReference, patientAndStudy } from './patientAndStudy.ts';
import { imageReference, roiContour } from './roiContour.ts';

const RT_STRUCTURE_SET_STORAGE = '1.2.840.10008.5.1.4.1.1.481.3';
/** Detached Study Management, retired; the attribute wants a class, and this is the one that is in use. */
const STUDY_CLASS = '1.2.840.10008.3.1.2.3.1';
/** Behind the segmentations and their reports. */
const SERIES_NUMBER = 1002;

/**
 * Implicit VR: contours of a large organ have more bytes than the 16 bits of length that explicit VR has for decimal
 * strings.
 */
export class DicomStructureSetEncoder implements StructureSetEncoder {
  encode(structureSet: StructureSetToEncode): Uint8Array {
    const { source, segments } = structureSet;
    const { date, time, offset } = localTime(structureSet.contentDate);
    return part10File(
      {
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
        ROIContourSequence: segments.map(segment => roiContour(segment, source)),
        RTROIObservationsSequence: segments.map(roiObservation),
        ApprovalStatus: 'UNAPPROVED',
      },
      IMPLICIT_VR_LITTLE_ENDIAN,
    );
  }
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

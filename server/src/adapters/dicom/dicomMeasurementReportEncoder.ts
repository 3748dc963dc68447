import type { NaturalizedDataset } from 'dcmjs';
import { imagesOf } from '../../domain/volume.ts';
import type {
  MeasurementReportEncoder,
  MeasurementReportToEncode,
} from '../../ports/measurementReportEncoder.ts';
import { localTime } from './localTime.ts';
import { measurementReportContent } from './measurementReportContent.ts';
import { part10File } from './part10File.ts';
import { patientAndStudy } from './patientAndStudy.ts';
import { SEGMENTATION_STORAGE } from './segDataset.ts';

const COMPREHENSIVE_3D_SR_STORAGE = '1.2.840.10008.5.1.4.1.1.88.34';
/** Behind the segmentations. */
const SERIES_NUMBER = 1001;

/** Comprehensive 3D SR (PS3.3 A.35.13). */
export class DicomMeasurementReportEncoder implements MeasurementReportEncoder {
  encode(report: MeasurementReportToEncode): Uint8Array {
    const { date, time, offset } = localTime(report.contentDate);
    return part10File({
      ...patientAndStudy(report),
      Modality: 'SR',
      SeriesInstanceUID: report.seriesInstanceUID,
      SeriesNumber: String(SERIES_NUMBER),
      SeriesDescription: report.seriesDescription,
      SeriesDate: date,
      SeriesTime: time,
      ReferencedPerformedProcedureStepSequence: [],
      Manufacturer: 'Tomoclick',
      ManufacturerModelName: report.algorithmName,
      SoftwareVersions: report.algorithmVersion,
      // Type 1 for enhanced equipment; software has none.
      DeviceSerialNumber: '0',
      SOPClassUID: COMPREHENSIVE_3D_SR_STORAGE,
      SOPInstanceUID: report.sopInstanceUID,
      InstanceNumber: '1',
      ContentDate: date,
      ContentTime: time,
      TimezoneOffsetFromUTC: offset,
      CompletionFlag: 'COMPLETE',
      VerificationFlag: 'UNVERIFIED',
      PerformedProcedureCodeSequence: [],
      CurrentRequestedProcedureEvidenceSequence: [evidence(report)],
      ...measurementReportContent(report),
    });
  }
}

/** The SEG, and the images it was made of. */
function evidence({ source, segmentation }: MeasurementReportToEncode): NaturalizedDataset {
  const images = new Map(imagesOf(source).map(slice => [slice.sopInstanceUID, slice.sopClassUID]));
  return {
    StudyInstanceUID: source.series.studyInstanceUID,
    ReferencedSeriesSequence: [
      {
        SeriesInstanceUID: segmentation.seriesInstanceUID,
        ReferencedSOPSequence: [
          {
            ReferencedSOPClassUID: SEGMENTATION_STORAGE[segmentation.segmentationType],
            ReferencedSOPInstanceUID: segmentation.sopInstanceUID,
          },
        ],
      },
      {
        SeriesInstanceUID: source.series.seriesInstanceUID,
        ReferencedSOPSequence: [...images].map(([sopInstanceUID, sopClassUID]) => ({
          ReferencedSOPClassUID: sopClassUID,
          ReferencedSOPInstanceUID: sopInstanceUID,
        })),
      },
    ],
  };
}

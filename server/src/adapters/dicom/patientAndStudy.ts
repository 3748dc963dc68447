import type { NaturalizedDataset } from 'dcmjs';
import type { Volume } from '../../domain/volume.ts';
import { plainDate, plainTime } from './dateTime.ts';

/** Patient and General Study modules, as in the source that an object is derived from. */
export function patientAndStudy({
  source,
}: {
  readonly source: Pick<Volume, 'patientStudy' | 'series'>;
}): NaturalizedDataset {
  const { patientStudy } = source;
  return {
    PatientName: patientStudy.patientName,
    PatientID: patientStudy.patientID,
    ...(patientStudy.issuerOfPatientID !== '' && { IssuerOfPatientID: patientStudy.issuerOfPatientID }),
    PatientBirthDate: plainDate(patientStudy.patientBirthDate),
    PatientSex: patientStudy.patientSex,
    StudyInstanceUID: source.series.studyInstanceUID,
    StudyID: patientStudy.studyID,
    StudyDate: plainDate(patientStudy.studyDate),
    StudyTime: plainTime(patientStudy.studyTime),
    AccessionNumber: patientStudy.accessionNumber,
    ReferringPhysicianName: patientStudy.referringPhysicianName,
    ...(patientStudy.studyDescription !== '' && { StudyDescription: patientStudy.studyDescription }),
  };
}

/** Frame of Reference module (PS3.3 C.7.4.1). */
export function frameOfReference({
  source,
}: {
  readonly source: Pick<Volume, 'patientStudy' | 'geometry'>;
}): NaturalizedDataset {
  return {
    FrameOfReferenceUID: source.geometry.frameOfReferenceUID,
    PositionReferenceIndicator: source.patientStudy.positionReferenceIndicator,
  };
}

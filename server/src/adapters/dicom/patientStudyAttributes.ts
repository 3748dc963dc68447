import type { PatientStudyAttributes } from '../../domain/volume.ts';
import type { Part10 } from './part10.ts';

export function readPatientStudyAttributes(part10: Part10): PatientStudyAttributes {
  return {
    patientName: part10.personName('x00100010'),
    patientID: part10.text('x00100020'),
    issuerOfPatientID: part10.text('x00100021'),
    patientBirthDate: part10.string('x00100030'),
    patientSex: part10.string('x00100040'),
    studyInstanceUID: part10.string('x0020000d'),
    studyID: part10.text('x00200010'),
    studyDate: part10.string('x00080020'),
    studyTime: part10.string('x00080030'),
    studyDescription: part10.text('x00081030'),
    accessionNumber: part10.text('x00080050'),
    referringPhysicianName: part10.personName('x00080090'),
    positionReferenceIndicator: part10.text('x00201040'),
  };
}

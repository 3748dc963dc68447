import { describe, expect, test } from '@jest/globals';
import { REPORT } from '../../../../test/fixtures/measurementReports.ts';
import {
  ALGORITHM,
  maskOf,
  segmentationOf,
  segmentOf,
  sourceOf,
} from '../../../../test/fixtures/segmentations.ts';
import { PATIENT_STUDY } from '../../../../test/fixtures/slices.ts';
import type { Vector3 } from '../../domain/affine.ts';
import { codesOfLabel } from '../../domain/segmentDescription.ts';
import type { PatientStudyAttributes } from '../../domain/volume.ts';
import { DicomMeasurementReportEncoder } from './dicomMeasurementReportEncoder.ts';
import { DicomSegmentationEncoder } from './dicomSegmentationEncoder.ts';
import { DicomStructureSetEncoder } from './dicomStructureSetEncoder.ts';
import { Part10 } from './part10.ts';
import { readPatientStudyAttributes } from './patientStudyAttributes.ts';

const SHAPE: Vector3 = [3, 3, 1];
const MASK = maskOf(SHAPE, { minIjk: [1, 1, 0], maxIjk: [2, 2, 1] }, () => true);

type Change = Partial<PatientStudyAttributes>;

/** What each kind of object says of a patient of whom the images say `change`. */
async function written(change: Change): Promise<readonly PatientStudyAttributes[]> {
  const patientStudy = { ...PATIENT_STUDY, ...change };
  const source = { ...sourceOf(SHAPE), patientStudy };
  const segment = segmentOf(MASK);
  const structureSet = {
    ...{ source, ...ALGORITHM, seriesInstanceUID: '2.25.41', sopInstanceUID: '2.25.42' },
    segments: [{ ...segment, segmentNumber: 1, codes: codesOfLabel(segment.label) }],
    ...{ seriesDescription: 'Tomoclick segmentation', contentDate: new Date('2024-02-29T10:20:30Z') },
  };
  const objects = [
    new DicomSegmentationEncoder().encode(segmentationOf(source, [segment])),
    new DicomMeasurementReportEncoder().encode({ ...REPORT, source: { ...REPORT.source, patientStudy } }),
    await new DicomStructureSetEncoder().encode(structureSet, new AbortController().signal),
  ];
  return objects.map(object => readPatientStudyAttributes(Part10.parse(object)));
}

async function expectWritten(change: Change, expected: Change = change): Promise<void> {
  for (const attributes of await written(change)) expect(attributes).toMatchObject(expected);
}

describe('objects of images that say of their patient', () => {
  test('a word in place of each date, as de-identification leaves it, say the same', async () => {
    await expectWritten({
      patientBirthDate: 'ANONYMIZED',
      studyDate: 'anonymous',
      studyTime: 'de-identified',
    });
    await expectWritten({ studyTime: 'removed by the anonymiser' });
  });

  test('dates and times with separators, as in ACR-NEMA, say them as today', async () => {
    const old = { patientBirthDate: '1970.01.31', studyDate: '2024-02-29', studyTime: '23:59:59.5' };
    await expectWritten(old, { patientBirthDate: '19700131', studyDate: '20240229', studyTime: '235959.5' });
    await expectWritten({ studyTime: '10:20' }, { studyTime: '1020' });
  });

  test('who has issued the number of the patient, say so: others issue the same numbers', async () => {
    await expectWritten({ issuerOfPatientID: 'Hôpital A' });
  });

  test('what is incomplete, or a name or number too long for its kind, say the same', async () => {
    await expectWritten({ patientBirthDate: '1970', studyTime: '9' });
    await expectWritten({ patientName: 'Ñandú '.repeat(20).trim() });
    await expectWritten({
      patientID: 'P'.repeat(80),
      accessionNumber: 'A'.repeat(24),
      studyID: 'S'.repeat(20),
    });
  });
});

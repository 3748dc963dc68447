import { describe, expect, test } from '@jest/globals';
import { dciodvfy, hasDciodvfy } from '../../../../test/external/dciodvfy.ts';
import { findPython } from '../../../../test/external/python.ts';
import { runPythonScript } from '../../../../test/external/pythonScript.ts';
import { REPORT } from '../../../../test/fixtures/measurementReports.ts';
import { PATIENT_STUDY } from '../../../../test/fixtures/slices.ts';
import { sct } from '../../domain/code.ts';
import type { MeasurementReportToEncode } from '../../ports/measurementReportEncoder.ts';
import { DicomMeasurementReportEncoder } from './dicomMeasurementReportEncoder.ts';

const encoded = (changes: Partial<MeasurementReportToEncode> = {}): Uint8Array =>
  new DicomMeasurementReportEncoder().encode({ ...REPORT, ...changes });

function valued(modality: string, units: string): Partial<MeasurementReportToEncode> {
  return { source: { ...REPORT.source, modality, valueMeaning: { units, warnings: [] } } };
}

/** As other programs code it: the side with the structure, its place without. */
const LEFT_KIDNEY_IN_ABDOMEN: Partial<MeasurementReportToEncode> = {
  segments: [
    {
      ...REPORT.segments[0]!,
      codes: {
        category: sct('91723000', 'Anatomical Structure'),
        type: sct('64033007', 'Kidney'),
        typeModifiers: [sct('7771000', 'Left')],
        anatomicRegion: { code: sct('818981001', 'Abdomen'), modifiers: [] },
      },
    },
  ],
};

const KINDS: Readonly<Record<string, Partial<MeasurementReportToEncode>>> = {
  'of a CT': {},
  'of an MR': valued('MR', ''),
  'of a PET': valued('PT', 'SUVbw'),
  'of values whose unit is not known': valued('PT', 'CNTS'),
  'of a structure with a side in a place without': LEFT_KIDNEY_IN_ABDOMEN,
  'of a patient of whom nothing is known': {
    source: {
      ...REPORT.source,
      patientStudy: {
        ...PATIENT_STUDY,
        ...{ patientName: '', patientID: '', patientBirthDate: '', patientSex: '', studyID: '' },
        ...{ studyDate: '', studyTime: '', studyDescription: '', accessionNumber: '' },
        referringPhysicianName: '',
      },
    },
  },
};

const withDciodvfy = hasDciodvfy() ? test : test.skip;
if (!hasDciodvfy()) console.log('SKIPPED: validation of SR documents: dciodvfy is not installed');

describe('dciodvfy has nothing against a measurement report', () => {
  for (const [kind, changes] of Object.entries(KINDS)) {
    withDciodvfy(kind, () => {
      expect(dciodvfy(encoded(changes)).errors).toEqual([]);
    });
  }
});

interface SeenGroup {
  readonly sites: readonly (readonly [string, string | null])[];
  readonly measurements: readonly (readonly [string, string | null, number, string])[];
}

const python = findPython(['highdicom', 'pydicom']);
const withPython = python === undefined ? test.skip : test;
if (python === undefined) {
  console.log('SKIPPED: reading SR documents in Python: no Python with highdicom and pydicom is found');
}

describe('highdicom reads a measurement report', () => {
  const read = (changes: Partial<MeasurementReportToEncode> = {}): unknown =>
    runPythonScript(python ?? '', 'readMeasurementReport.py', { 'report.dcm': encoded(changes) });

  withPython('with every segment, its place, its codes and its numbers in their units', () => {
    const measurements = [
      ['Volume', null, 12500, 'mm3'],
      ['Long Axis', null, 31.25, 'mm'],
      ['Short Axis', null, 1 / 3, 'mm'],
      ['Attenuation Coefficient', 'Mean', -12.3, "[hnsf'U]"],
      ['Attenuation Coefficient', 'Standard Deviation', 45.6, "[hnsf'U]"],
      ['Attenuation Coefficient', 'Minimum', -1024, "[hnsf'U]"],
      ['Attenuation Coefficient', 'Maximum', 3071, "[hnsf'U]"],
    ];
    const segment = { sopInstanceUID: '2.25.12', sourceSeriesInstanceUID: '1.2.3.2' };
    expect(read()).toEqual({
      modality: 'SR',
      patientName: PATIENT_STUDY.patientName,
      studyInstanceUID: PATIENT_STUDY.studyInstanceUID,
      evidence: {
        '2.25.11': ['2.25.12'],
        '1.2.3.2': ['1.2.3.3.0', '1.2.3.3.1', '1.2.3.3.2'],
      },
      groups: [
        {
          ...{ trackingIdentifier: 'Left kidney', trackingUID: '2.25.21' },
          ...{ finding: 'Kidney', category: 'Anatomical Structure', sites: [['Kidney', 'Left']] },
          referencedSegment: { ...segment, segmentNumber: 1 },
          measurements,
        },
        {
          ...{ trackingIdentifier: 'Läsion, Liver lesion', trackingUID: '2.25.22' },
          ...{ finding: 'Mass', category: 'Morphologically Abnormal Structure', sites: [['Liver', null]] },
          referencedSegment: { ...segment, segmentNumber: 2 },
          measurements,
        },
      ],
    });
  });

  withPython('with the side of a structure, also where its place has none', () => {
    const { groups } = read(LEFT_KIDNEY_IN_ABDOMEN) as { groups: SeenGroup[] };
    expect(groups[0]?.sites).toEqual([
      ['Abdomen', null],
      ['Kidney', 'Left'],
    ]);
  });

  withPython('with uptakes in their unit', () => {
    const { groups } = read(KINDS['of a PET']) as { groups: SeenGroup[] };
    expect(groups[0]?.measurements).toContainEqual(['SUVbw', 'Mean', -12.3, 'g/ml{SUVbw}']);
  });

  withPython('without values where it is not known what they mean', () => {
    const { groups } = read(KINDS['of values whose unit is not known']) as { groups: SeenGroup[] };
    expect(groups[0]?.measurements.map(([name]) => name)).toEqual(['Volume', 'Long Axis', 'Short Axis']);
  });
});

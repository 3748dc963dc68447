import { describe, expect, test } from '@jest/globals';
import { dciodvfy, hasDciodvfy } from '../../../../test/external/dciodvfy.ts';
import { findPython, readSegmentationInPython } from '../../../../test/external/python.ts';
import {
  ORIENTATIONS,
  orientedSegmentation,
  voxelsLps,
} from '../../../../test/fixtures/orientedSegmentations.ts';
import { PATIENT_STUDY } from '../../../../test/fixtures/slices.ts';
import { norm, subtract } from '../../domain/affine.ts';
import type { SegmentationToEncode } from '../../ports/segmentationEncoder.ts';
import { DicomSegmentationEncoder } from './dicomSegmentationEncoder.ts';

const withDciodvfy = hasDciodvfy() ? test : test.skip;
if (!hasDciodvfy())
  console.log('SKIPPED: validation of SEG objects: dciodvfy (dicom3tools) is not installed');
const python = findPython(['highdicom', 'pydicom']);
const withPython = python === undefined ? test.skip : test;
if (python === undefined) {
  console.log('SKIPPED: reading SEG objects in Python: no Python with highdicom and pydicom is found');
}

describe('dciodvfy has nothing against a SEG', () => {
  const kinds: Record<string, () => SegmentationToEncode> = {
    ...Object.fromEntries(
      ORIENTATIONS.map(name => [`of an ${name} stack`, () => orientedSegmentation(name)]),
    ),
    'of a patient of whom nothing is known': () => {
      const { source, ...rest } = orientedSegmentation('axial');
      const unknown = Object.fromEntries(Object.keys(PATIENT_STUDY).map(key => [key, '']));
      const patientStudy = { ...PATIENT_STUDY, ...unknown, studyInstanceUID: PATIENT_STUDY.studyInstanceUID };
      return { ...rest, source: { ...source, patientStudy } };
    },
    'of a multi-frame source': () => {
      const { source, ...rest } = orientedSegmentation('oblique');
      const slices = source.slices.map((_, k) => ({
        sopClassUID: '1.2.840.10008.5.1.4.1.1.4.1',
        sopInstanceUID: '1.2.3.9',
        frameNumber: k + 1,
      }));
      return { ...rest, source: { ...source, slices, modality: 'MR' } };
    },
    'with one segment': () => {
      const whole = orientedSegmentation('axial');
      return { ...whole, segments: whole.segments.slice(0, 1) };
    },
    'with empty frames': () => ({ ...orientedSegmentation('axial'), slices: [0, 1, 8] }),
  };
  for (const [kind, make] of Object.entries(kinds)) {
    withDciodvfy(kind, () => {
      expect(dciodvfy(new DicomSegmentationEncoder().encode(make())).errors).toEqual([]);
    });
  }
});

describe('highdicom sees every voxel in its place in the patient', () => {
  for (const name of ORIENTATIONS) {
    withPython(`in a SEG of an ${name} stack`, () => {
      const whole = orientedSegmentation(name);
      const seen = readSegmentationInPython(python ?? '', new DicomSegmentationEncoder().encode(whole));
      expect(seen).toMatchObject({
        modality: 'SEG',
        patientName: PATIENT_STUDY.patientName,
        frameOfReferenceUID: '1.2.3.4',
        segments: [
          { segmentNumber: 1, label: 'Left kidney', typeMeaning: 'Kidney', trackingUID: '2.25.21' },
          { segmentNumber: 2, label: 'Liver lesion', typeMeaning: 'Mass', trackingUID: '2.25.22' },
        ],
      });
      whole.segments.forEach(({ mask }, index) => {
        const expected = voxelsLps(mask, whole.source.geometry);
        const voxels = seen.segments[index]?.voxels ?? [];
        expect(voxels).toHaveLength(expected.length);
        const furthestMm = Math.max(...voxels.map((voxel, n) => norm(subtract(voxel, expected[n]!))));
        expect(furthestMm).toBeLessThan(1e-5);
      });
    });
  }
});

import { describe, expect, test } from '@jest/globals';
import { dciodvfy, hasDciodvfy } from '../../../../test/external/dciodvfy.ts';
import { findPython, readSegmentationInPython } from '../../../../test/external/python.ts';
import { turnedAxes } from '../../../../test/fixtures/obliqueAffines.ts';
import { maskOf, segmentationOf, segmentOf, sourceOf } from '../../../../test/fixtures/segmentations.ts';
import { PATIENT_STUDY } from '../../../../test/fixtures/slices.ts';
import { affineFromColumns, norm, scale, subtract, type Vector3 } from '../../domain/affine.ts';
import type { IndexBox } from '../../domain/indexBox.ts';
import { voxelAt } from '../../domain/mask.ts';
import { pointLpsOf } from '../../domain/volumeGeometry.ts';
import type { SegmentationToEncode } from '../../ports/segmentationEncoder.ts';
import { DicomSegmentationEncoder } from './dicomSegmentationEncoder.ts';

// Frames of 143 bits, so that none but the first begins on a byte.
const SHAPE: Vector3 = [13, 11, 9];
const BOX: IndexBox = { minIjk: [2, 1, 0], maxIjk: [12, 10, 9] };
const ORIGIN: Vector3 = [-123.456, 78.9, -310.25];

const [x, y, z] = turnedAxes(0.31, -0.42, 0.17);
const AFFINES = {
  axial: affineFromColumns([0.7, 0, 0], [0, 0.8, 0], [0, 0, 2.5], ORIGIN),
  sagittal: affineFromColumns([0, 0.7, 0], [0, 0, -0.8], [-2.5, 0, 0], ORIGIN),
  coronal: affineFromColumns([0.7, 0, 0], [0, 0, -0.8], [0, 2.5, 0], ORIGIN),
  oblique: affineFromColumns(scale(x, 0.7), scale(y, 0.8), scale(z, 2.5), ORIGIN),
  tilted: affineFromColumns([0.7, 0, 0], [0, 0.8, 0], [0, 0.9, 2.5], ORIGIN),
} as const;

/** An ellipsoid and, in a second segment, a checkerboard that leaves the slices 0, 4 and 8 empty. */
function segmentation(name: keyof typeof AFFINES): SegmentationToEncode {
  const ellipsoid = maskOf(
    SHAPE,
    BOX,
    (i, j, k) => ((i - 6.5) / 5) ** 2 + ((j - 5) / 4) ** 2 + ((k - 4) / 3.5) ** 2 <= 1,
  );
  const checkerboard = maskOf(SHAPE, BOX, (i, j, k) => k % 4 !== 0 && (i + j + k) % 2 === 0);
  return segmentationOf(sourceOf(SHAPE, AFFINES[name]), [
    segmentOf(ellipsoid, { label: 'Left kidney', trackingUID: '2.25.21' }),
    segmentOf(checkerboard, { label: 'Liver lesion', trackingUID: '2.25.22' }),
  ]);
}

const orientations = Object.keys(AFFINES) as (keyof typeof AFFINES)[];
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
    ...Object.fromEntries(orientations.map(name => [`of an ${name} stack`, () => segmentation(name)])),
    'of a patient of whom nothing is known': () => {
      const { source, ...rest } = segmentation('axial');
      const unknown = Object.fromEntries(Object.keys(PATIENT_STUDY).map(key => [key, '']));
      const patientStudy = { ...PATIENT_STUDY, ...unknown, studyInstanceUID: PATIENT_STUDY.studyInstanceUID };
      return { ...rest, source: { ...source, patientStudy } };
    },
    'of a multi-frame source': () => {
      const { source, ...rest } = segmentation('oblique');
      const slices = source.slices.map((_, k) => ({
        sopClassUID: '1.2.840.10008.5.1.4.1.1.4.1',
        sopInstanceUID: '1.2.3.9',
        frameNumber: k + 1,
      }));
      return { ...rest, source: { ...source, slices, modality: 'MR' } };
    },
    'with one segment': () => {
      const whole = segmentation('axial');
      return { ...whole, segments: whole.segments.slice(0, 1) };
    },
    'with empty frames': () => ({ ...segmentation('axial'), slices: [0, 1, 8] }),
  };
  for (const [kind, make] of Object.entries(kinds)) {
    withDciodvfy(kind, () => {
      expect(dciodvfy(new DicomSegmentationEncoder().encode(make())).errors).toEqual([]);
    });
  }
});

describe('highdicom sees every voxel in its place in the patient', () => {
  for (const name of orientations) {
    withPython(`in a SEG of an ${name} stack`, () => {
      const whole = segmentation(name);
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
        const expected: Vector3[] = [];
        for (let k = 0; k < SHAPE[2]; k++) {
          for (let j = 0; j < SHAPE[1]; j++) {
            for (let i = 0; i < SHAPE[0]; i++) {
              if (voxelAt(mask, i, j, k)) expected.push(pointLpsOf(whole.source.geometry, [i, j, k]));
            }
          }
        }
        const voxels = seen.segments[index]?.voxels ?? [];
        expect(voxels).toHaveLength(expected.length);
        const furthestMm = Math.max(...voxels.map((voxel, n) => norm(subtract(voxel, expected[n]!))));
        expect(furthestMm).toBeLessThan(1e-5);
      });
    });
  }
});

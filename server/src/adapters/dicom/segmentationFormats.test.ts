import { describe, expect, test } from '@jest/globals';
import dicomParser, { type DataSet } from 'dicom-parser';
import { dciodvfy, hasDciodvfy } from '../../../../test/external/dciodvfy.ts';
import { convertedByDcmtk, hasDcmtk } from '../../../../test/external/dcmtk.ts';
import { findPython, readSegmentationInPython } from '../../../../test/external/python.ts';
import {
  disjointSegmentation,
  ORIENTATIONS,
  orientedSegmentation,
  voxelsLps,
} from '../../../../test/fixtures/orientedSegmentations.ts';
import { maskOf, segmentationOf, segmentOf, sourceOf } from '../../../../test/fixtures/segmentations.ts';
import { checkLabelmap } from '../../../../test/validation/checkLabelmap.ts';
import { norm, subtract } from '../../domain/affine.ts';
import type { SegmentationFormat } from '../../domain/segmentationFormat.ts';
import type { SegmentationToEncode } from '../../ports/segmentationEncoder.ts';
import { DicomSegmentationEncoder } from './dicomSegmentationEncoder.ts';

const encode = (segmentation: SegmentationToEncode): Uint8Array =>
  new DicomSegmentationEncoder().encode(segmentation);
const LABELMAP: SegmentationFormat = {
  ...{ segmentationType: 'LABELMAP', compression: 'none', frames: 'non-empty' },
};
const COMPRESSED: readonly SegmentationFormat[] = [
  { ...LABELMAP, compression: 'rle' },
  { ...LABELMAP, compression: 'deflate' },
  { segmentationType: 'BINARY', compression: 'deflate', frames: 'non-empty' },
];

const python = findPython(['highdicom', 'pydicom']);
if (!python) console.log('SKIPPED: reading LABELMAPs in Python: no Python with highdicom is found');
const withPython = python ? test : test.skip;
if (!hasDcmtk()) console.log('SKIPPED: expanding SEGs with DCMTK: it is not installed');
const withDcmtk = hasDcmtk() ? test : test.skip;
if (!hasDciodvfy()) console.log('SKIPPED: validation of deflated SEGs: dciodvfy is not installed');
const withDciodvfy = hasDciodvfy() ? test : test.skip;

function pixelBytes(dataSet: DataSet): Uint8Array {
  const element = dataSet.elements['x7fe00010'];
  if (!element) throw new Error('there is no pixel data');
  return dataSet.byteArray.slice(element.dataOffset, element.dataOffset + element.length);
}

function expectVoxelsInPlace(segmentation: SegmentationToEncode): void {
  const seen = readSegmentationInPython(python ?? '', encode(segmentation));
  expect(seen.segments.map(({ label }) => label)).toEqual(segmentation.segments.map(({ label }) => label));
  segmentation.segments.forEach(({ mask }, index) => {
    const expected = voxelsLps(mask, segmentation.source.geometry);
    const voxels = seen.segments[index]?.voxels ?? [];
    expect(voxels).toHaveLength(expected.length);
    const furthestMm = Math.max(...voxels.map((voxel, n) => norm(subtract(voxel, expected[n]!))));
    expect(furthestMm).toBeLessThan(1e-5);
  });
}

describe('a LABELMAP', () => {
  test.each(ORIENTATIONS)('of an %s stack is as the standard wants it', name => {
    expect(checkLabelmap(dicomParser.parseDicom(encode(disjointSegmentation(name, { format: LABELMAP }))))).toEqual([]); // prettier-ignore
  });

  for (const name of ORIENTATIONS) {
    withPython(`of an ${name} stack has every voxel in its place for highdicom`, () => {
      expectVoxelsInPlace(disjointSegmentation(name, { format: LABELMAP }));
    });
  }

  test('of more than 255 segments has 16 bits', () => {
    const source = sourceOf([20, 15, 1]);
    const segments = Array.from({ length: 300 }, (_, n) => {
      const [i, j] = [n % 20, Math.floor(n / 20)];
      const mask = maskOf([20, 15, 1], { minIjk: [i, j, 0], maxIjk: [i + 1, j + 1, 1] }, () => true);
      return segmentOf(mask, { label: `Cell ${n + 1}` });
    });
    const dataSet = dicomParser.parseDicom(encode(segmentationOf(source, segments, { format: LABELMAP })));
    expect(checkLabelmap(dataSet)).toEqual([]);
    expect([...new Uint16Array(pixelBytes(dataSet).buffer)]).toEqual(segments.map((_, n) => n + 1));
  });

  test('is refused where segments overlap, with their numbers', () => {
    expect(() => encode(orientedSegmentation('axial', { format: LABELMAP }))).toThrow(
      expect.objectContaining({
        code: 'segments-overlap',
        facts: expect.objectContaining({ segmentNumbers: [1, 2] }) as unknown,
      }),
    );
  });

  test('names the frames of a multi-frame source', () => {
    const whole = disjointSegmentation('oblique', { format: LABELMAP });
    const slices = whole.source.slices.map((_, k) => ({
      ...{ sopClassUID: '1.2.840.10008.5.1.4.1.1.4.1', sopInstanceUID: '1.2.3.9' },
      frameNumber: k + 1,
    }));
    const dataSet = dicomParser.parseDicom(encode({ ...whole, source: { ...whole.source, slices } }));
    expect(checkLabelmap(dataSet)).toEqual([]);
    const frames = dataSet.elements['x52009230']?.items ?? [];
    const named = frames.map(frame => {
      const [derivation] = frame.dataSet?.elements['x00089124']?.items ?? [];
      const [source] = derivation?.dataSet?.elements['x00082112']?.items ?? [];
      return source?.dataSet?.intString('x00081160');
    });
    expect(named).toEqual([2, 3, 4, 5, 6, 7, 8]);
  });
});

describe('all frames', () => {
  test.each([
    ['BINARY', 18],
    ['LABELMAP', 9],
  ] as const)('of a %s are written where they are asked for', (segmentationType, count) => {
    const format: SegmentationFormat = { segmentationType, compression: 'none', frames: 'all' };
    const dataSet = dicomParser.parseDicom(encode(disjointSegmentation('axial', { format })));
    expect(dataSet.intString('x00280008')).toBe(count);
    expect(dataSet.elements['x52009230']?.items).toHaveLength(count);
  });

  withDciodvfy('are nothing to dciodvfy', () => {
    const format: SegmentationFormat = { segmentationType: 'BINARY', compression: 'none', frames: 'all' };
    expect(dciodvfy(encode(orientedSegmentation('axial', { format }))).errors).toEqual([]);
  });
});

describe('compressed', () => {
  const tools = { rle: 'dcmdrle', deflate: 'dcmconv' } as const;
  for (const format of COMPRESSED) {
    const { segmentationType, compression } = format;
    withPython(`(${compression}) ${segmentationType} reads the same in highdicom`, () => {
      expectVoxelsInPlace(disjointSegmentation('oblique', { format }));
    });

    withDcmtk(
      `(${compression}) ${segmentationType} is expanded by DCMTK to what is written uncompressed`,
      () => {
        if (compression === 'none') throw new Error('nothing to expand');
        const compressed = encode(disjointSegmentation('axial', { format }));
        const plain = encode(disjointSegmentation('axial', { format: { ...format, compression: 'none' } }));
        const expanded = dicomParser.parseDicom(convertedByDcmtk(compressed, tools[compression], ['+te']));
        expect(compressed.length % 2).toBe(0);
        expect(expanded.string('x00020010')).toBe('1.2.840.10008.1.2.1');
        expect(pixelBytes(expanded)).toEqual(pixelBytes(dicomParser.parseDicom(plain)));
        if (segmentationType === 'LABELMAP') expect(checkLabelmap(expanded)).toEqual([]);
      },
    );
  }
});

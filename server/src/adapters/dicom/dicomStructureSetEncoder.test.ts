import { describe, expect, test } from '@jest/globals';
import dicomParser from 'dicom-parser';
import { dciodvfy, hasDciodvfy } from '../../../../test/external/dciodvfy.ts';
import { findPython } from '../../../../test/external/python.ts';
import { runPythonScript } from '../../../../test/external/pythonScript.ts';
import { EXPORTED_SEGMENTS, GRIDS, SHAPE, voxelsOfMask } from '../../../../test/fixtures/exportedSegments.ts';
import { itemsOf } from '../../../../test/fixtures/readSegmentation.ts';
import { ALGORITHM, maskOf, sourceOf } from '../../../../test/fixtures/segmentations.ts';
import { PATIENT_STUDY } from '../../../../test/fixtures/slices.ts';
import { imagesOf } from '../../domain/volume.ts';
import type { Vector3 } from '../../domain/affine.ts';
import type { StructureSetToEncode } from '../../ports/structureSetEncoder.ts';
import { DicomStructureSetEncoder } from './dicomStructureSetEncoder.ts';
import { POINTS_A_TURN } from './roiContours.ts';

const never = new AbortController().signal;
const encode = (given: StructureSetToEncode): Promise<Uint8Array> =>
  new DicomStructureSetEncoder().encode(given, never);

type GridName = keyof typeof GRIDS;
const NAMES = Object.keys(GRIDS) as GridName[];

function structureSet(name: GridName, changes: Partial<StructureSetToEncode> = {}): StructureSetToEncode {
  return {
    source: sourceOf(SHAPE, GRIDS[name]),
    segments: EXPORTED_SEGMENTS,
    ...ALGORITHM,
    ...{ seriesInstanceUID: '2.25.41', sopInstanceUID: '2.25.42' },
    seriesDescription: 'Tomoclick segmentation',
    contentDate: new Date('2024-02-29T10:20:30Z'),
    ...changes,
  };
}

function multiFrame(name: GridName): StructureSetToEncode {
  const { source, ...rest } = structureSet(name);
  const slices = source.slices.map((_, k) => ({
    ...{ sopClassUID: '1.2.840.10008.5.1.4.1.1.4.1', sopInstanceUID: '1.2.3.9', frameNumber: k + 1 },
  }));
  return { ...rest, source: { ...source, slices, modality: 'MR' } };
}

const KINDS: Readonly<Record<string, StructureSetToEncode>> = {
  ...Object.fromEntries(NAMES.map(name => [`of an ${name} stack`, structureSet(name)])),
  'of a multi-frame source': multiFrame('oblique'),
};

const withDciodvfy = hasDciodvfy() ? test : test.skip;
if (!hasDciodvfy()) console.log('SKIPPED: validation of RT structure sets: dciodvfy is not installed');

describe('dciodvfy has nothing against a structure set', () => {
  for (const [kind, given] of Object.entries(KINDS)) {
    withDciodvfy(kind, async () => {
      expect(dciodvfy(await encode(given)).errors).toEqual([]);
    });
  }
});

const python = findPython(['pydicom', 'numpy']);
const withPython = python === undefined ? test.skip : test;
if (python === undefined) {
  console.log('SKIPPED: rasterising RT structure sets in Python: none with pydicom and numpy is found');
}

interface SeenStructureSet {
  readonly rois: readonly { readonly voxels: readonly Vector3[] }[];
}

async function rasterised(given: StructureSetToEncode): Promise<SeenStructureSet> {
  const { geometry } = given.source;
  const images = imagesOf(given.source).map(slice => [slice.sopInstanceUID, slice.frameNumber ?? null]);
  return runPythonScript(python ?? '', 'readStructureSet.py', {
    'rtstruct.dcm': await encode(given),
    'grid.json': JSON.stringify({ shapeIjk: geometry.shapeIjk, ijkToLps: geometry.ijkToLps, images }),
  }) as SeenStructureSet;
}

describe('rasterising a structure set gives the masks back voxel for voxel', () => {
  for (const [kind, given] of Object.entries(KINDS)) {
    withPython(kind, async () => {
      const seen = await rasterised(given);
      expect(seen.rois.map(roi => roi.voxels)).toEqual(given.segments.map(({ mask }) => voxelsOfMask(mask)));
      expect(seen).toMatchObject({
        modality: 'RTSTRUCT',
        patientName: PATIENT_STUDY.patientName,
        frameOfReferenceUID: '1.2.3.4',
        rois: [
          {
            ...{ number: 2, name: 'Left kidney', colour: [230, 159, 0] },
            ...{ interpretedType: 'ORGAN', code: 'Kidney' },
          },
          { number: 5, name: 'Läsion', colour: [0, 114, 178], interpretedType: '', code: 'Tissue' },
        ],
      });
    });
  }

  withPython('also where a contour has more than 64 KB of coordinates', async () => {
    const shape: Vector3 = [160, 120, 1];
    const comb = maskOf(
      shape,
      { minIjk: [0, 0, 0], maxIjk: shape },
      (i, j) => j === 0 || (i * 7 + j) % 3 > 0,
    );
    const [first] = EXPORTED_SEGMENTS;
    const given = structureSet('oblique', {
      source: sourceOf(shape, GRIDS.oblique),
      segments: [{ ...first!, mask: comb }],
    });
    const longest = /(?:-?[\d.]+\\){3000,}/.test(Buffer.from(await encode(given)).toString('latin1'));
    expect(longest).toBe(true);
    expect((await rasterised(given)).rois[0]?.voxels).toEqual(voxelsOfMask(comb));
  });
});

describe('writing a large organ', () => {
  const shape: Vector3 = [160, 120, 6];
  const comb = maskOf(shape, { minIjk: [0, 0, 0], maxIjk: shape }, (i, j) => j === 0 || (i * 7 + j) % 3 > 0);
  const large = structureSet('oblique', {
    source: sourceOf(shape, GRIDS.oblique),
    segments: [{ ...EXPORTED_SEGMENTS[0]!, mask: comb }],
  });

  test('lets others have their turn', async () => {
    let turns = 0;
    let turn = setImmediate(function count() {
      turns++;
      turn = setImmediate(count);
    });
    const bytes = await encode(large);
    clearImmediate(turn);
    const points = itemsOf(dicomParser.parseDicom(bytes), 'x30060039')
      .flatMap(roi => itemsOf(roi, 'x30060040'))
      .reduce((sum, contour) => sum + (contour.intString('x30060046') ?? NaN), 0);
    expect(points).toBeGreaterThan(10 * POINTS_A_TURN);
    expect(turns).toBeGreaterThanOrEqual(Math.floor(points / (2 * POINTS_A_TURN)));
  });

  test('ends when nobody waits for it', async () => {
    const leaving = new AbortController();
    const writing = new DicomStructureSetEncoder().encode(large, leaving.signal);
    leaving.abort();
    await expect(writing).rejects.toMatchObject({ code: 'cancelled' });
  });
});

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { DicomSegmentationDecoder } from '../../server/src/adapters/dicom/dicomSegmentationDecoder.ts';
import { firstSliceOf } from '../fixtures/firstSlice.ts';
import { affineFromColumns, norm, subtract, type Vector3 } from '../../server/src/domain/affine.ts';
import { countVoxels, emptyMask } from '../../server/src/domain/mask.ts';
import { placeSegmentation } from '../../server/src/domain/placeSegmentation.ts';
import { SliceStack } from '../../server/src/domain/sliceStack.ts';
import type { Volume } from '../../server/src/domain/volume.ts';
import { findPython, readSegmentationInPython } from '../external/python.ts';
import { voxelsLps } from '../fixtures/orientedSegmentations.ts';
import { testDataFolder } from './testData.ts';

/** DS values have 16 characters, and the images of one series differ from their common grid in the sixth decimal. */
const POSITION_TOLERANCE_MM = 1e-4;

const data = testDataFolder();
const python = findPython(['highdicom', 'pydicom']);
if (!data) console.log('SKIPPED: segmentations of others: TOMOCLICK_TEST_DATA is not found');
if (!python) console.log('SKIPPED: segmentations of others in Python: no Python with highdicom is found');
const describeWithData = data ? describe : describe.skip;
const testWithPython = data && python ? test : test.skip;

type Place = Pick<Volume, 'geometry' | 'slices'>;

/** The images that the liver was segmented on are not at hand; their grid is told by the segmentation's frames. */
const LIVER_PLACE: Place = {
  geometry: {
    shapeIjk: [512, 512, 3],
    ijkToLps: affineFromColumns([0.810547, 0, 0], [0, 0.810547, 0], [0, 0, 1], [-235.2, -226.8, -128.69]),
    frameOfReferenceUID: '1.2.392.200103.20080913.113635.3.2009.6.22.21.44.34.23882.1',
  },
  slices: [],
};

function sample(name: string): Uint8Array {
  return readFileSync(join(data ?? '', 'dicom/pydicom-samples', name));
}

/** Segment 1 on the grid, and its voxels as highdicom places them, both in one order. */
async function expectSameVoxels(part10: Uint8Array, place: Place): Promise<void> {
  const { masks } = await placeSegmentation(await new DicomSegmentationDecoder().decode(part10), place);
  const ours = voxelsLps(masks.get(1) ?? emptyMask(place.geometry.shapeIjk), place.geometry);
  const theirs = readSegmentationInPython(python ?? '', part10).segments[0]?.voxels ?? [];
  expect(ours).toHaveLength(theirs.length);
  const [sortedOurs, sortedTheirs] = [sorted(ours), sorted(theirs)];
  const furthestMm = sortedOurs.reduce(
    (most, voxel, n) => Math.max(most, norm(subtract(voxel, sortedTheirs[n]!))),
    0,
  );
  expect(furthestMm).toBeLessThan(POSITION_TOLERANCE_MM);
}

/** By coordinates rounded to 0.01 mm, so that noise changes no order. */
function sorted(voxels: readonly Vector3[]): readonly Vector3[] {
  const coarse = (voxel: Vector3): number[] => voxel.map(mm => Math.round(mm * 100));
  return voxels
    .map(voxel => ({ voxel, key: coarse(voxel) }))
    .sort((a, b) => a.key[0]! - b.key[0]! || a.key[1]! - b.key[1]! || a.key[2]! - b.key[2]!)
    .map(({ voxel }) => voxel);
}

describeWithData('a real segmentation', () => {
  test('(liver, dcmqi) has its label, colour and codes', async () => {
    const { segments, warnings } = await new DicomSegmentationDecoder().decode(sample('liver.dcm'));
    expect(segments).toMatchObject([
      {
        ...{ segmentNumber: 1, label: 'Liver' },
        description: {
          algorithm: { type: 'SEMIAUTOMATIC', name: 'SlicerEditor' },
          codes: {
            category: { value: '85756007', scheme: 'SCT', meaning: 'Tissue' },
            type: { value: '10200004', scheme: 'SCT', meaning: 'Liver' },
          },
        },
      },
    ]);
    expect(segments[0]?.colour).toHaveLength(3);
    expect(warnings).toEqual([]);
  });

  testWithPython(
    '(liver, dcmqi) has every voxel where highdicom sees it',
    async () => {
      await expectSameVoxels(sample('liver.dcm'), LIVER_PLACE);
    },
    120_000,
  );

  test('(liver, single-bit RLE) is the same as uncompressed', async () => {
    const [plain, rle] = await Promise.all(
      ['liver.dcm', 'liver_rle.dcm'].map(async name =>
        placeSegmentation(await new DicomSegmentationDecoder().decode(sample(name)), LIVER_PLACE),
      ),
    );
    expect(countVoxels(plain?.masks.get(1) ?? emptyMask([1, 1, 1]))).toBeGreaterThan(100_000);
    expect(rle?.masks).toEqual(plain?.masks);
  });

  testWithPython(
    '(breast, FRACTIONAL, slices from last to first) has every voxel where highdicom sees it, on the images',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'tomoclick-seg-'));
      try {
        const archive = join(data ?? '', 'dicom/UCSF-BR-06-dce-seg.tar.xz');
        const run = spawnSync('tar', ['-xJf', archive, '-C', folder]);
        if (run.status !== 0) throw new Error(`tar: ${String(run.error ?? run.stderr)}`);
        const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
        // One of the three time points.
        const images = paths.filter(path => /image_dce.*\/1-\d+\.dcm$/.test(path));
        const seg = paths.find(path => /\/seg\/.*\.dcm$/.test(path));
        const stack = new SliceStack();
        for (const path of images) {
          stack.add(await firstSliceOf(readFileSync(join(folder, path))));
        }
        const volume = stack.toVolume();
        const part10 = readFileSync(join(folder, seg ?? ''));
        await expectSameVoxels(part10, volume);
        const { warnings } = await placeSegmentation(
          await new DicomSegmentationDecoder().decode(part10),
          volume,
        );
        expect(warnings.map(({ code }) => code)).toEqual(['fractional-thresholded']);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
    300_000,
  );
});

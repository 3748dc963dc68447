import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { DicomSliceDecoder } from '../../server/src/adapters/dicom/dicomSliceDecoder.ts';
import { SliceStack } from '../../server/src/domain/sliceStack.ts';
import type { Volume } from '../../server/src/domain/volume.ts';
import { spacingMmOf } from '../../server/src/domain/volumeGeometry.ts';
import { testDataFolder } from './testData.ts';

const SERIES = [
  {
    name: 'LUNG1-001',
    folder: 'image',
    modality: 'CT',
    shapeIjk: [512, 512, 134],
    spacingMm: [0.9765625, 0.9765625, 3],
  },
  {
    name: 'ProstateX-0000-t2',
    folder: '',
    modality: 'MR',
    shapeIjk: [384, 384, 19],
    spacingMm: [0.5, 0.5, 3],
  },
] as const;

const data = testDataFolder();
if (!data) console.log('SKIPPED: real series: TOMOCLICK_TEST_DATA is not found');
const describeWithData = data ? describe : describe.skip;

/** The volume of an archived series; `inFolder` is part of the path of its images. */
async function volumeOf(name: string, inFolder: string): Promise<Volume> {
  const unpacked = mkdtempSync(join(tmpdir(), 'tomoclick-series-'));
  try {
    const run = spawnSync('tar', ['-xJf', join(data ?? '', 'dicom', `${name}.tar.xz`), '-C', unpacked]);
    if (run.status !== 0) throw new Error(`tar: ${String(run.error ?? run.stderr)}`);
    const stack = new SliceStack();
    for (const path of readdirSync(unpacked, { recursive: true, encoding: 'utf8' })) {
      if (!path.endsWith('.dcm') || !path.includes(inFolder)) continue;
      stack.add(await new DicomSliceDecoder().decode(readFileSync(join(unpacked, path))));
    }
    return stack.toVolume();
  } finally {
    rmSync(unpacked, { recursive: true, force: true });
  }
}

describeWithData('a real series', () => {
  for (const { name, folder, modality, shapeIjk, spacingMm } of SERIES) {
    test(`(${name}) becomes a volume`, async () => {
      const volume = await volumeOf(name, folder);
      expect(volume.modality).toBe(modality);
      expect(volume.geometry.shapeIjk).toEqual(shapeIjk);
      spacingMmOf(volume.geometry).forEach((mm, axis) => expect(mm).toBeCloseTo(spacingMm[axis] ?? NaN, 3));
      // Two bytes a voxel: slices of one rescale stay as stored.
      expect(volume.values.BYTES_PER_ELEMENT).toBe(2);
    }, 120_000);
  }

  test('of three time points is refused, since it is three volumes', async () => {
    await expect(volumeOf('UCSF-BR-06-dce-seg', 'image_dce')).rejects.toMatchObject({
      code: 'unsupported-geometry',
      facts: { imageCount: 180, positionCount: 60 },
    });
  }, 120_000);
});

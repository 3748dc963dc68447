import { afterAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { entry } from '../../server/src/adapters/onnx/fixtures/tinyModel.ts';
import { readModelZoo } from '../../server/src/adapters/onnx/folderModelZoo.ts';
import { OnnxEngine } from '../../server/src/adapters/onnx/onnxEngine.ts';
import { CoarseLevels } from '../../server/src/application/coarseLevels.ts';
import type { ExemplarCase } from '../../server/src/application/exemplars/exemplarCase.ts';
import { LikenessMemory } from '../../server/src/application/exemplars/likenessMemory.ts';
import { segmentLike } from '../../server/src/application/exemplars/segmentLike.ts';
import type { Affine, Vector3 } from '../../server/src/domain/affine.ts';
import { syntheticVolume } from '../../server/src/domain/fixtures/syntheticVolume.ts';
import { countVoxels, cropMask, voxelAt, type Mask } from '../../server/src/domain/mask.ts';
import { testDataFolder } from './testData.ts';

const LABELS = ['hippocampus anterior', 'hippocampus posterior'] as const;
const TIMEOUT_MS = 600_000;

const data = testDataFolder();
if (!data) console.log('SKIPPED: in-context segmentation of real images: TOMOCLICK_TEST_DATA is not found');
const describeWithData = data ? describe : describe.skip;
const engine = new OnnxEngine({ entry });
afterAll(() => engine.close());

/** Voxels and the affine of a NIfTI-1 file of one channel in int16 or uint8. */
function readNifti(path: string): { shapeIjk: Vector3; ijkToLps: Affine; values: Int16Array | Uint8Array } {
  const bytes = gunzipSync(readFileSync(path));
  const shapeIjk: Vector3 = [bytes.readInt16LE(42), bytes.readInt16LE(44), bytes.readInt16LE(46)];
  const rasRow = (row: number): number[] => [0, 1, 2, 3].map(n => bytes.readFloatLE(280 + 16 * row + 4 * n));
  const rows = [rasRow(0).map(x => -x), rasRow(1).map(x => -x), rasRow(2), [0, 0, 0, 1]];
  const voxels = new Uint8Array(bytes.subarray(bytes.readFloatLE(108)));
  const isBytes = bytes.readInt16LE(70) === 2;
  const values = isBytes ? voxels : new Int16Array(voxels.buffer);
  // Sixteen numbers, row by row.
  return { shapeIjk, ijkToLps: rows.flat() as unknown as Affine, values };
}

function hippocampus(patient: string): ExemplarCase {
  const folder = join(data!, 'train/hippocampus');
  const image = readNifti(join(folder, `hippocampus_${patient}.nii.gz`));
  const labels = readNifti(join(folder, `hippocampus_${patient}_label.nii.gz`)).values;
  const [columns, rows] = image.shapeIjk;
  const volume = syntheticVolume(
    image.shapeIjk,
    image.ijkToLps,
    (_, [i, j, k]) => image.values[(k * rows + j) * columns + i]!,
  );
  const box = { minIjk: [0, 0, 0], maxIjk: image.shapeIjk } as const;
  const maskOf = (value: number): Mask =>
    cropMask({
      shapeIjk: image.shapeIjk,
      box,
      voxels: Uint8Array.from(labels, one => (one === value ? 1 : 0)),
    });
  const series = { studyInstanceUID: '1.2.3', seriesInstanceUID: `1.2.3.${Number(patient)}` };
  return {
    volume: { ...volume, series, modality: 'MR' },
    masks: new Map(LABELS.map((label, n) => [label, maskOf(n + 1)])),
  };
}

function diceOf(a: Mask, b: Mask): number {
  const [columns, rows, slices] = a.shapeIjk;
  let shared = 0;
  for (let k = 0; k < slices; k++) {
    for (let j = 0; j < rows; j++) {
      for (let i = 0; i < columns; i++) shared += voxelAt(a, i, j, k) & voxelAt(b, i, j, k);
    }
  }
  return (2 * shared) / (countVoxels(a) + countVoxels(b));
}

describeWithData('the shipped model, shown the hippocampi of two patients', () => {
  test(
    'segments both parts of a third one',
    async () => {
      const model = (await readModelZoo(fileURLToPath(new URL('../../models/zoo', import.meta.url)))).get(
        'default',
      );
      const sources = ['001', '003'].map(key => ({ key, load: () => Promise.resolve(hippocampus(key)) }));
      const query = hippocampus('004');
      const ports = { engine, levels: new CoarseLevels(), memory: new LikenessMemory() };
      const { signal } = new AbortController();
      const masks = await segmentLike(query.volume, sources, LABELS, model, ports, signal, () => undefined);
      for (const label of LABELS) {
        expect(diceOf(masks.get(label)!, query.masks.get(label)!)).toBeGreaterThan(0.65);
      }
    },
    TIMEOUT_MS,
  );
});

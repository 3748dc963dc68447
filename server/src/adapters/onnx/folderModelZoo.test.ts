import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeTinyModel } from './fixtures/tinyZoo.ts';
import { readModelZoo } from './folderModelZoo.ts';
import type { ModelManifestFile } from './modelManifestFile.ts';

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'tomoclick-zoo-'));
});

afterAll(() => rm(root, { recursive: true, force: true }));

describe('model zoo in a folder', () => {
  test('lists its models by id and gives the first as the default', async () => {
    const folder = join(root, 'two');
    await writeTinyModel(folder, 'tiny-b');
    const { graphs } = await writeTinyModel(folder, 'tiny-a');
    const zoo = await readModelZoo(folder);
    expect(zoo.list().map(model => model.id)).toEqual(['tiny-a', 'tiny-b']);
    expect(zoo.get('default').id).toBe('tiny-a');
    expect(zoo.get('tiny-a')).toMatchObject({
      graphs: {
        imageEncoder: {
          path: join(folder, 'tiny-a', 'image_encoder.onnx'),
          sha256: graphs.imageEncoder.sha256,
        },
      },
      region: { shapeKji: [4, 4, 4], spacingsMm: [2, 1], latticeVoxels: 2 },
      zoom: { looks: 2, levelsBetweenLooks: 1, widerLookPenalty: 0.04, fitFactor: 1.5, borderVoxels: 1 },
    });
  });

  test('a model that is not there is a problem that names those that are', async () => {
    const folder = join(root, 'one');
    await writeTinyModel(folder, 'tiny');
    const zoo = await readModelZoo(folder);
    expect(() => zoo.get('huge')).toThrow(
      expect.objectContaining({ code: 'model-not-found', facts: { id: 'huge', known: ['tiny'] } }),
    );
  });

  test('graphs that are not those of the manifest stop the start', async () => {
    const folder = join(root, 'tampered');
    await writeTinyModel(folder, 'tiny');
    await writeFile(join(folder, 'tiny', 'mask_decoder.onnx'), 'something else');
    await expect(readModelZoo(folder)).rejects.toThrow(/mask_decoder\.onnx is not the file/);
  });

  test.each([
    ['an unknown key', () => ({ surprise: 1 }), /surprise/],
    [
      'a path for a file name',
      () => ({ graphs: { imageEncoder: { file: '../x.onnx' } } }),
      /graphs\.imageEncoder/,
    ],
    [
      'zoom levels that are not coarse to fine',
      ({ region }: ModelManifestFile) => ({ region: { ...region, spacingsMm: [1, 2] } }),
      /coarsest first/,
    ],
    [
      'a refinement of logits on another grid',
      () => ({
        refinement: { steps: 1, priorWeight: 1, contrast: 1 },
        logits: { shape: [2, 2, 2], threshold: 0 },
      }),
      /on the grid of the region/,
    ],
    [
      'a graph that refines what nothing has refined before',
      ({ graphs }: ModelManifestFile) => ({ graphs: { ...graphs, maskRefiner: graphs.maskDecoder } }),
      /starts from what refinement makes/,
    ],
    ['another id than its folder', () => ({ id: 'other' }), /names the model other/],
  ])('a manifest with %s stops the start', async (_, change, message) => {
    const folder = await mkdtemp(join(root, 'wrong-'));
    const manifest = await writeTinyModel(folder, 'tiny');
    const changed = { ...manifest, ...change(manifest) };
    await writeFile(join(folder, 'tiny', 'manifest.json'), JSON.stringify(changed));
    await expect(readModelZoo(folder)).rejects.toThrow(message);
  });

  test('an empty zoo stops the start', async () => {
    await expect(readModelZoo(await mkdtemp(join(root, 'empty-')))).rejects.toThrow(/is empty/);
  });

  test('the models that come with the product are whole', async () => {
    const zoo = await readModelZoo(fileURLToPath(new URL('../../../../models/zoo', import.meta.url)));
    expect(zoo.list().length).toBeGreaterThan(0);
  });
});

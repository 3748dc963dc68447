import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { Problem } from '../../domain/errors.ts';
import type { AdaptableEncoder, ModelGraph, ModelManifest } from '../../domain/modelManifest.ts';
import type { ModelZoo } from '../../ports/modelZoo.ts';
import {
  encoderTableSchema,
  modelManifestFileSchema,
  type AdaptableEncoderFile,
  type GraphFile,
  type ModelManifestFile,
} from './modelManifestFile.ts';

/** Beside the models: packages of tasks. */
export const TASKS_FOLDER = 'tasks';

/**
 * Reads every `<folder>/<id>/manifest.json`, in the order of the ids, and checks the hashes of the graphs.
 * @throws Error that names the file and what is wrong with it: a server must not start on a broken model
 */
export async function readModelZoo(folder: string): Promise<ModelZoo> {
  const entries = await readdir(folder, { withFileTypes: true });
  const ids = entries
    .filter(entry => entry.isDirectory() && entry.name !== TASKS_FOLDER)
    .map(entry => entry.name);
  const models = await Promise.all(ids.sort().map(id => readModel(folder, id)));
  if (models.length === 0) throw new Error(`The model zoo ${folder} is empty.`);
  return new FolderModelZoo(models);
}

class FolderModelZoo implements ModelZoo {
  readonly #models: readonly ModelManifest[];

  constructor(models: readonly ModelManifest[]) {
    this.#models = models;
  }

  list(): readonly ModelManifest[] {
    return this.#models;
  }

  get(id: string): ModelManifest {
    const model = id === 'default' ? this.#models[0] : this.#models.find(candidate => candidate.id === id);
    if (model) return model;
    const known = this.#models.map(candidate => candidate.id);
    throw new Problem('model-not-found', `Choose one of: default, ${known.join(', ')}.`, { id, known });
  }
}

async function readModel(folder: string, id: string): Promise<ModelManifest> {
  const path = join(folder, id, 'manifest.json');
  const parsed = modelManifestFileSchema.safeParse(JSON.parse(await readFile(path, 'utf8')));
  if (!parsed.success) throw new Error(`${path} is not a model manifest.\n${z.prettifyError(parsed.error)}`);
  const file = parsed.data;
  if (file.id !== id) throw new Error(`${path} names the model ${file.id}, its folder says ${id}.`);
  const graph = async ({ file: name, sha256 }: GraphFile): Promise<ModelGraph> => {
    const graphPath = join(folder, id, name);
    await checkSha256(graphPath, sha256);
    return { path: graphPath, sha256 };
  };
  const { adaptableEncoder } = file.graphs;
  return {
    id,
    title: file.title,
    version: file.version,
    licence: file.licence,
    attribution: file.attribution,
    modalities: file.modalities,
    promptKinds: file.promptKinds,
    graphs: {
      imageEncoder: await graph(file.graphs.imageEncoder),
      promptEncoder: await graph(file.graphs.promptEncoder),
      maskDecoder: await graph(file.graphs.maskDecoder),
      ...(file.graphs.maskRefiner && { maskRefiner: await graph(file.graphs.maskRefiner) }),
    },
    ...(adaptableEncoder && {
      adaptableEncoder: await readAdaptableEncoder(join(folder, id), adaptableEncoder),
    }),
    region: {
      shapeKji: file.region.shape,
      spacingsMm: file.region.spacingsMm,
      latticeVoxels: file.region.latticeVoxels,
    },
    normalisation: normalisationOf(file.normalisation),
    hypotheses: file.hypotheses,
    logits: { shapeKji: file.logits.shape, threshold: file.logits.threshold },
    ...(file.refinement && { refinement: file.refinement }),
    ...(file.borderWalk && { borderWalk: file.borderWalk }),
    ...(file.boxProbes && { boxProbes: file.boxProbes }),
    zoom: file.zoom,
  };
}

function normalisationOf({
  channels,
  hounsfieldWindow,
}: ModelManifestFile['normalisation']): ModelManifest['normalisation'] {
  return { channels, ...(hounsfieldWindow && { hounsfieldWindow }) };
}

/** @throws Error where a weight lies outside of the data, or is not float32 of its shape */
async function readAdaptableEncoder(
  folder: string,
  { file, sha256, data, table }: AdaptableEncoderFile,
): Promise<AdaptableEncoder> {
  const pathOf = (name: string): string => join(folder, name);
  for (const each of [{ file, sha256 }, data, table]) await checkSha256(pathOf(each.file), each.sha256);
  const { size } = await stat(pathOf(data.file));
  const rows = encoderTableSchema.parse(JSON.parse(await readFile(pathOf(table.file), 'utf8')));
  const weights = rows.map(({ name, shape, offset, length }) => {
    const bytes = 4 * shape.reduce((product, side) => product * side, 1);
    if (length !== bytes || offset + length > size) {
      throw new Error(`${pathOf(table.file)}: ${name} does not lie in ${data.file} as float32 of its shape.`);
    }
    return { name, shape, byteOffset: offset, byteLength: length };
  });
  return {
    graph: { path: pathOf(file), sha256 },
    data: { path: pathOf(data.file), sha256: data.sha256, fileName: data.file },
    weights,
  };
}

async function checkSha256(path: string, expected: string): Promise<void> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  const actual = hash.digest('hex');
  if (actual !== expected) {
    throw new Error(`${path} is not the file its manifest names (SHA-256 ${actual}, expected ${expected}).`);
  }
}

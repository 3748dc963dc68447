import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { softmax } from '../../domain/softmax.ts';
import type { TaskModelFile } from '../../ports/taskEngine.ts';
import type { LoadedTask } from './engineProtocol.ts';
import { mergeAdapter, readLoraAdapter } from './loraAdapter.ts';
import { floats, run, selfContained, sessionOptions, type Tensors } from './session.ts';

/** Each holds the weights of its encoder. */
const MOST_TASKS = 2;

interface Sessions {
  /** Of the base, with an adapter merged in; absent where the graph itself sees the image. */
  readonly encoder?: InferenceSession;
  /** As the package brings it. */
  readonly graph: InferenceSession;
}

const LOGITS = 'class_logits';

/** The ONNX sessions of the tasks last run; the base's weights are read anew for each. */
export class TaskSessions {
  /** Least recently used first. */
  readonly #sessions = new Map<string, Promise<Sessions>>();

  /** @param image (C, K, J, I) @returns (channels, K, J, I), summing up to 1 in each voxel */
  async classify(task: LoadedTask, image: Float32Array): Promise<Float32Array> {
    const shape = task.regionShapeKji;
    const { encoder, graph } = await this.#load(task);
    const seen: Tensors = { image: new Tensor('float32', image, [1, task.imageChannels, ...shape]) };
    const features = encoder ? await run(encoder, seen) : seen;
    // Whatever else it offers takes memory and time.
    const { [LOGITS]: logits } = await run(graph, features, [LOGITS]);
    const expected = [1, task.channels, ...shape];
    if (String(logits?.dims) !== String(expected)) {
      throw new Error(`the task gave class_logits of ${String(logits?.dims)}, not ${String(expected)}`);
    }
    return softmax(floats(logits!), task.channels);
  }

  async #load(task: LoadedTask): Promise<Sessions> {
    const known = this.#sessions.get(task.taskKey);
    this.#sessions.delete(task.taskKey);
    const loading = known ?? createSessions(task);
    this.#sessions.set(task.taskKey, loading);
    // What failed to load is tried again the next time.
    loading.catch(() => this.#sessions.delete(task.taskKey));
    await this.#dropOldest();
    return loading;
  }

  async #dropOldest(): Promise<void> {
    for (const [key, loading] of this.#sessions) {
      if (this.#sessions.size <= MOST_TASKS) return;
      this.#sessions.delete(key);
      // Whoever asked for it is told why it could not be loaded; who asks for another task is not concerned.
      const sessions = await loading.catch(() => undefined);
      await Promise.all([sessions?.encoder?.release(), sessions?.graph.release()]);
    }
  }
}

async function createSessions(task: LoadedTask): Promise<Sessions> {
  const data = await readWhole(task.encoderData);
  const baseWeights = { externalData: [{ path: task.encoderDataName, data }] };
  if (task.network.kind === 'graph') {
    const { graph } = task.network;
    const options = { ...selfContained(graph.path), ...baseWeights };
    return { graph: await createSession(await readWhole(graph), options) };
  }
  const { adapter, decoder } = task.network;
  mergeAdapter(data, readLoraAdapter(await readWhole(adapter), task.weights));
  return {
    encoder: await createSession(await readWhole(task.encoder), { ...sessionOptions(), ...baseWeights }),
    graph: await createSession(await readWhole(decoder), selfContained(decoder.path)),
  };
}

function createSession(
  graph: Uint8Array,
  options: InferenceSession.SessionOptions,
): Promise<InferenceSession> {
  return InferenceSession.create(new Uint8Array(graph), options);
}

/**
 * What has changed on the disk since it was registered is another task than the one that was promoted; so is one beside
 * other weights than it was learned on, such as those of a zoo that is replaced while the server runs.
 */
async function readWhole({ path, sha256 }: TaskModelFile): Promise<Buffer> {
  const bytes = await readFile(path);
  if (createHash('sha256').update(bytes).digest('hex') === sha256) return bytes;
  throw new Error(`${path} is not the file that was registered`);
}

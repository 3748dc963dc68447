import { availableParallelism } from 'node:os';
import { type InferenceSession, type Tensor } from 'onnxruntime-node';

export type Tensors = Readonly<Record<string, Tensor>>;

const MOST_THREADS = 8;
const SESSION_ENTRIES = { set_denormal_as_zero: '1', intra_op: { allow_spinning: '0' } };

/** A caller waits for each graph, so it gets every core, up to what these graphs gain from. */
export function sessionOptions(
  intraOpNumThreads: number = Math.min(MOST_THREADS, availableParallelism()),
): InferenceSession.SessionOptions {
  return {
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'all',
    executionMode: 'sequential',
    intraOpNumThreads,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
    extra: { session: SESSION_ENTRIES },
  };
}

/**
 * For a graph that others have made: all of its values are in it, or in the data that it is given. Otherwise one read
 * from memory may name any file below the folder that the process runs in, patients' data among them, and what it finds
 * there is not what was registered.
 * @param path of the graph itself: nothing lies below a file
 */
export function selfContained(path: string): InferenceSession.SessionOptions {
  const folder = { model_external_initializers_file_folder_path: path };
  return { ...sessionOptions(), extra: { session: { ...SESSION_ENTRIES, ...folder } } };
}

/** Feeds a graph only what it declares. @param outputs that are wanted; absent: all that it has */
export async function run(
  session: InferenceSession,
  tensors: Tensors,
  outputs: readonly string[] = session.outputNames,
): Promise<Tensors> {
  const feeds = session.inputNames.map(name => {
    const tensor = tensors[name];
    if (!tensor) throw new Error(`the graph asks for ${name}, which nothing gives`);
    return [name, tensor] as const;
  });
  return session.run(Object.fromEntries(feeds), outputs);
}

/** What a graph has answered: of what is no number a mask would be made in which nothing is found, or all. */
export function floats(tensor: Tensor): Float32Array {
  if (tensor.type !== 'float32') throw new Error(`expected float32, the graph gives ${tensor.type}`);
  const values = tensor.data as Float32Array;
  for (let at = 0; at < values.length; at++) {
    if (!Number.isFinite(values[at])) throw new Error(`the graph gives ${values[at]}, which is no number`);
  }
  return values;
}

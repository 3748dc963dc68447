import { EngineSessions } from '../../server/src/adapters/onnx/engineSessions.ts';
import type { LoadedGraphs } from '../../server/src/adapters/onnx/engineProtocol.ts';
import { seededRandom } from '../../server/src/adapters/demoStudy/random.ts';

export interface BareModelTimes {
  readonly loadMs: number;
  readonly encodeMs: readonly number[];
  /** Prompt encoder and mask decoder together. */
  readonly decodeMs: readonly number[];
}

const RUNS = 7;

/** Runs the graphs alone, with the engine's own session settings, in a process that does nothing else. */
async function runBare(graphs: LoadedGraphs): Promise<BareModelTimes> {
  const random = seededRandom(1);
  const sessions = new EngineSessions();
  const voxels = graphs.regionShapeKji.reduce((product, side) => product * side, graphs.channels);
  const image = Float32Array.from({ length: voxels }, () => 2 * random() - 1);
  const [k = 1, j = 1, i = 1] = graphs.regionShapeKji;
  const points = [{ indexIjk: [i / 2, j / 2, k / 2] as const, include: true }];
  const times = { loadMs: 0, encodeMs: [] as number[], decodeMs: [] as number[] };
  const clock = async <Result>(work: () => Promise<Result>, note: (ms: number) => void): Promise<Result> => {
    const start = performance.now();
    const result = await work();
    note(performance.now() - start);
    return result;
  };
  await clock(
    () => sessions.load(graphs),
    ms => (times.loadMs = ms),
  );
  for (let run = 0; run <= RUNS; run++) {
    // The first run of a session allocates; it is not counted.
    const embedding = await clock(
      () => sessions.encode(graphs, image),
      ms => run > 0 && times.encodeMs.push(ms),
    );
    await clock(
      () => sessions.decode(graphs, embedding.tensors, { points }),
      ms => run > 0 && times.decodeMs.push(ms),
    );
  }
  return times;
}

process.once('message', message => {
  void runBare(message as LoadedGraphs).then(times => process.send?.(times, () => process.exit(0)));
});

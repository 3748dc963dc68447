import { walkedLogits } from '../../domain/borderWalk.ts';
import { asClicked, refinedLogits } from '../../domain/refinement.ts';
import type { EngineAnswer, EngineCommand, LoadedGraphs } from './engineProtocol.ts';
import { EngineSessions, type EncodedRegion } from './engineSessions.ts';
import { levelsOf } from './featureLevels.ts';
import { beFirstToEnd } from './firstToEnd.ts';
import { TaskSessions } from './taskSessions.ts';

// Entry of the engine process. The runtime blocks its event loop while it computes, and may abort the whole
// process: neither may happen to the server. Which embeddings are kept is the server's decision (`forget`).

beFirstToEnd();
const sessions = new EngineSessions();
const tasks = new TaskSessions();
const embeddings = new Map<string, EncodedRegion>();

async function carryOut(command: EngineCommand): Promise<EngineAnswer | undefined> {
  switch (command.kind) {
    case 'load':
      await rehearse(command.graphs);
      return { kind: 'loaded' };
    case 'encode': {
      const encoded = await sessions.encode(command.graphs, command.image);
      embeddings.set(command.embeddingKey, encoded);
      const lengths = [...Object.values(encoded.tensors).map(({ size }) => size), encoded.image?.length ?? 0];
      const embeddingBytes = lengths.reduce(
        (sum, length) => sum + length * Float32Array.BYTES_PER_ELEMENT,
        0,
      );
      return { kind: 'encoded', embeddingBytes };
    }
    case 'decode': {
      const { tensors } = embeddingOf(command);
      return { kind: 'decoded', ...(await sessions.decode(command.graphs, tensors, command)) };
    }
    case 'refine': {
      const { image } = embeddingOf(command);
      const logits = await refined(command, image);
      const { points, graphs, modality } = command;
      const { borderWalk } = graphs;
      if (!image || !borderWalk?.modalities.includes(modality)) return { kind: 'refined', logits };
      const answered = { logits, image, shapeKji: graphs.logitsShapeKji, points };
      return { kind: 'refined', logits, shownLogits: walkedLogits(answered, borderWalk) };
    }
    case 'describe':
      return { kind: 'described', levels: levelsOf(embeddingOf(command).tensors) };
    case 'classify':
      return { kind: 'classified', probabilities: await tasks.classify(command.task, command.image) };
    case 'forget':
      embeddings.delete(command.embeddingKey);
      return undefined;
  }
}

/** First runs take twice as long: memory is yet to be had, and code to be compiled. No reader waits for these. */
async function rehearse(graphs: LoadedGraphs): Promise<void> {
  const [rows, columns] = [graphs.logitsShapeKji[1], graphs.logitsShapeKji[2]];
  const voxels = graphs.regionShapeKji.reduce((product, side) => product * side, graphs.channels);
  const points = [
    { indexIjk: [columns / 2, rows / 2, graphs.logitsShapeKji[0] / 2], include: true },
  ] as const;
  const { tensors, image } = await sessions.encode(graphs, new Float32Array(voxels));
  const { logits } = await sessions.decode(graphs, tensors, { points });
  if (!graphs.refinement) return;
  // A slope, so that there is a border to move.
  const slope = logits.map((_, n) => (n % columns) - columns / 2);
  await refined({ graphs, points, logits: slope }, image);
  if (image && graphs.borderWalk) {
    walkedLogits({ logits: slope, image, shapeKji: graphs.logitsShapeKji, points }, graphs.borderWalk);
  }
}

async function refined(
  {
    graphs,
    points,
    logits,
  }: Pick<Extract<EngineCommand, { kind: 'refine' }>, 'graphs' | 'points' | 'logits'>,
  image: Float32Array | undefined,
): Promise<Float32Array> {
  const { refinement, logitsShapeKji: shapeKji } = graphs;
  if (!image || !refinement) throw new Error('refine without an image, or by a model that does not refine');
  const walked = refinedLogits({ logits, image, shapeKji, points }, refinement);
  const found = await sessions.refine(graphs, { image, logits, walked, points });
  return asClicked(found, points, shapeKji);
}

function embeddingOf({ kind, embeddingKey }: { kind: string; embeddingKey: string }): EncodedRegion {
  const embedding = embeddings.get(embeddingKey);
  if (!embedding) throw new Error(`${kind} without an embedding`);
  return embedding;
}

function answer(reply: EngineAnswer): void {
  process.send?.(reply);
}

let turn = Promise.resolve();
process.on('message', (command: EngineCommand) => {
  turn = turn.then(async () => {
    try {
      const reply = await carryOut(command);
      if (reply) answer(reply);
    } catch (error) {
      answer({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
    }
  });
});
// The server ends this process by closing the channel; signals to the group (Ctrl-C) are the server's to handle.
process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
answer({ kind: 'ready' });

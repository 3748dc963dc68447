import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { EngineRequest, RegionBox, RegionPoint } from '../../ports/segmentationEngine.ts';
import type { LoadedGraphs } from './engineProtocol.ts';
import { floats, run, sessionOptions, type Tensors } from './session.ts';

/** Of a point or box that is none. */
const PADDING_LABEL = -1;

interface Sessions {
  readonly imageEncoder: InferenceSession;
  readonly promptEncoder: InferenceSession;
  readonly maskDecoder: InferenceSession;
  readonly maskRefiner?: InferenceSession;
}

/** All outputs of the image encoder, and what it saw where masks are refined by it. */
export interface EncodedRegion {
  readonly tensors: Tensors;
  readonly image?: Float32Array;
}

export interface Decoded {
  readonly logits: Float32Array;
  readonly predictedIou: number;
}

export interface WalkedMask {
  readonly image: Float32Array;
  readonly logits: Float32Array;
  readonly walked: Float32Array;
  readonly points: readonly RegionPoint[];
}

/** The ONNX sessions of every model in use, created on first use. Graphs are wired by tensor name. */
export class EngineSessions {
  readonly #sessions = new Map<string, Promise<Sessions>>();

  load(graphs: LoadedGraphs): Promise<Sessions> {
    const known = this.#sessions.get(graphs.modelKey);
    if (known) return known;
    const created = createSessions(graphs);
    this.#sessions.set(graphs.modelKey, created);
    // A graph that failed to load is tried again on the next request.
    created.catch(() => this.#sessions.delete(graphs.modelKey));
    return created;
  }

  /** @param image (1, C, K, J, I) */
  async encode(graphs: LoadedGraphs, image: Float32Array): Promise<EncodedRegion> {
    const { imageEncoder } = await this.load(graphs);
    const tensors = await run(imageEncoder, {
      image: new Tensor('float32', image, [1, graphs.channels, ...graphs.regionShapeKji]),
    });
    return { tensors, ...(graphs.refinement && { image }) };
  }

  async decode(
    graphs: LoadedGraphs,
    embedding: Tensors,
    {
      points,
      box,
      previousLogits,
      rank = 0,
    }: Pick<EngineRequest, 'points' | 'box' | 'previousLogits' | 'rank'>,
  ): Promise<Decoded> {
    const { promptEncoder, maskDecoder } = await this.load(graphs);
    const [k, j, i] = graphs.logitsShapeKji;
    const maskInput = previousLogits ?? new Float32Array(k * j * i);
    const tensors: Record<string, Tensor> = {
      ...embedding,
      ...pointTensors(points),
      ...boxTensors(box),
      mask_input: new Tensor('float32', maskInput, [1, 1, k, j, i]),
      has_mask_input: new Tensor('float32', Float32Array.of(previousLogits ? 1 : 0), [1]),
    };
    Object.assign(tensors, await run(promptEncoder, tensors));
    const { logits, iou_predictions: iouPredictions } = await run(maskDecoder, tensors);
    if (!logits || !iouPredictions) throw new Error('the mask decoder lacks logits or iou_predictions');
    return chosen(graphs, floats(logits), floats(iouPredictions), rank);
  }

  /**
   * A mask's border, seen at full resolution; `walked` unchanged where the model has no graph for that.
   * @param image (C, K, J, I); logits and walked (K, J, I): as decoded, and with the border on the image's edges
   */
  async refine(graphs: LoadedGraphs, { image, logits, walked, points }: WalkedMask): Promise<Float32Array> {
    const { maskRefiner } = await this.load(graphs);
    if (!maskRefiner) return walked;
    const shape = [1, 1, ...graphs.logitsShapeKji];
    const { refined_logits: refined } = await run(maskRefiner, {
      ...pointTensors(points),
      image: new Tensor('float32', image, [1, graphs.channels, ...graphs.regionShapeKji]),
      mask_logits: new Tensor('float32', logits, shape),
      walked_logits: new Tensor('float32', walked, shape),
    });
    if (!refined) throw new Error('the mask refiner lacks refined_logits');
    return floats(refined);
  }
}

/** Graphs have at least one point, so that without any there is one that is none. */
function pointTensors(points: readonly RegionPoint[]): Tensors {
  const count = Math.max(1, points.length);
  const coords = new Float32Array(3 * count);
  const labels = new Float32Array(count).fill(PADDING_LABEL);
  for (const [n, { indexIjk, include }] of points.entries()) {
    coords.set(indexIjk, 3 * n);
    labels[n] = include ? 1 : 0;
  }
  return {
    point_coords: new Tensor('float32', coords, [1, count, 3]),
    point_labels: new Tensor('float32', labels, [1, count]),
  };
}

/** Low and high faces; the label is 0 for a box in space, 1 + the axis for one in a slice. */
function boxTensors(box: RegionBox | undefined): Tensors {
  const coords = box ? Float32Array.of(...box.lowIjk, ...box.highIjk) : new Float32Array(6);
  const label = box ? (box.sliceAxis ?? -1) + 1 : PADDING_LABEL;
  return {
    box_coords: new Tensor('float32', coords, [1, 1, 6]),
    box_labels: new Tensor('float32', Float32Array.of(label), [1, 1]),
  };
}

/** logits (M, K', J', I'), predictions (M) → the hypothesis that the model trusts most, or the next ones. */
function chosen(
  { logitsShapeKji }: LoadedGraphs,
  logits: Float32Array,
  iouPredictions: Float32Array,
  rank: number,
): Decoded {
  const byTrust = [...iouPredictions.keys()].sort((a, b) => iouPredictions[b]! - iouPredictions[a]!);
  const best = byTrust[rank] ?? -1;
  const size = logitsShapeKji[0] * logitsShapeKji[1] * logitsShapeKji[2];
  if (best < 0 || logits.length !== iouPredictions.length * size) {
    const offered = `${logits.length} logits and IoU [${iouPredictions.join(', ')}]`;
    throw new Error(`the mask decoder gave ${offered}, and hypothesis ${rank} was asked for`);
  }
  // A copy of its own: a view would carry all hypotheses over to the server.
  return { logits: logits.slice(best * size, (best + 1) * size), predictedIou: iouPredictions[best]! };
}

async function createSessions(graphs: LoadedGraphs): Promise<Sessions> {
  return {
    imageEncoder: await createSession(graphs.imageEncoderPath),
    // Its many small operations gain nothing from threads.
    promptEncoder: await createSession(graphs.promptEncoderPath, 1),
    maskDecoder: await createSession(graphs.maskDecoderPath),
    ...(graphs.maskRefinerPath && { maskRefiner: await createSession(graphs.maskRefinerPath) }),
  };
}

function createSession(path: string, intraOpNumThreads?: number): Promise<InferenceSession> {
  return InferenceSession.create(path, sessionOptions(intraOpNumThreads));
}

import { modelKeyOf, type ModelManifest } from '../../domain/modelManifest.ts';
import type { TaskModel } from '../../ports/taskEngine.ts';
import type { LoadedGraphs, LoadedTask } from './engineProtocol.ts';

/** What the engine process has to know of a model. */
export function graphsOf(model: ModelManifest): LoadedGraphs {
  return {
    modelKey: modelKeyOf(model),
    imageEncoderPath: model.graphs.imageEncoder.path,
    promptEncoderPath: model.graphs.promptEncoder.path,
    maskDecoderPath: model.graphs.maskDecoder.path,
    ...(model.graphs.maskRefiner && { maskRefinerPath: model.graphs.maskRefiner.path }),
    channels: model.normalisation.channels.length,
    regionShapeKji: model.region.shapeKji,
    logitsShapeKji: model.logits.shapeKji,
    ...(model.refinement && { refinement: model.refinement }),
    ...(model.borderWalk && { borderWalk: model.borderWalk }),
  };
}

/** What the engine process has to know of a task. */
export function loadedTaskOf({ base, adapter, decoder, channels }: TaskModel): LoadedTask {
  const { graph, data, weights } = base.adaptableEncoder;
  return {
    taskKey: [graph.sha256, data.sha256, adapter.sha256, decoder.sha256].join('@'),
    encoderPath: graph.path,
    encoderDataPath: data.path,
    encoderDataName: data.fileName,
    weights,
    ...{ adapter, decoder },
    imageChannels: base.normalisation.channels.length,
    regionShapeKji: base.region.shapeKji,
    channels,
  };
}

import { modelKeyOf, type ModelManifest } from '../../domain/modelManifest.ts';
import type { TaskModel, TaskModelFile, TaskNetwork } from '../../ports/taskEngine.ts';
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
export function loadedTaskOf({ base, network, channels }: TaskModel): LoadedTask {
  const { graph, data, weights } = base.adaptableEncoder;
  return {
    taskKey: [graph, data, ...filesOf(network)].map(({ sha256 }) => sha256).join('@'),
    encoder: { path: graph.path, sha256: graph.sha256 },
    encoderData: { path: data.path, sha256: data.sha256 },
    encoderDataName: data.fileName,
    weights,
    network,
    imageChannels: base.normalisation.channels.length,
    regionShapeKji: base.region.shapeKji,
    channels,
  };
}

function filesOf(network: TaskNetwork): readonly TaskModelFile[] {
  return network.kind === 'graph' ? [network.graph] : [network.adapter, network.decoder];
}

import { modelKeyOf, type ModelManifest } from '../../domain/modelManifest.ts';
import type { LoadedGraphs } from './engineProtocol.ts';

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
  };
}

import type { FeatureLevel } from '../../ports/featureEngine.ts';
import { floats, type Tensors } from './session.ts';

/** An embedding's tensors (1, C, K', J', I') as levels, by name. */
export function levelsOf(tensors: Tensors): readonly FeatureLevel[] {
  return Object.keys(tensors)
    .sort()
    .map(name => {
      const tensor = tensors[name]!;
      const [, channels = 0, k = 0, j = 0, i = 0] = tensor.dims;
      if (tensor.dims.length !== 5)
        throw new Error(`${name} is no grid of features: [${tensor.dims.join()}]`);
      return { name, channels, shapeKji: [k, j, i], values: floats(tensor) };
    });
}

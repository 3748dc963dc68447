import type { Capabilities } from '../contract/capabilities.ts';
import type { SegmentationType } from '../domain/segmentationFormat.ts';
import type { ModelZoo } from '../ports/modelZoo.ts';

export function capabilitiesView(
  zoo: ModelZoo,
  archive: Capabilities['archive'],
  version: string,
  preferred: SegmentationType,
  intendedUse: string,
): Capabilities {
  const defaultId = zoo.get('default').id;
  return {
    ...{ product: 'tomoclick', version, intendedUse, archive },
    segmentationTypes: preferred === 'BINARY' ? ['BINARY', 'LABELMAP'] : ['LABELMAP', 'BINARY'],
    models: zoo.list().map(model => ({
      ...{ id: model.id, title: model.title, version: model.version },
      ...{ isDefault: model.id === defaultId, isAdaptable: model.adaptableEncoder !== undefined },
      licence: { spdx: model.licence.spdx, name: model.licence.name },
      attribution: [...model.attribution],
      modalities: [...model.modalities],
      promptKinds: [...model.promptKinds],
    })),
  };
}

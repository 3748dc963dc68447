import type { Capabilities } from '../contract/capabilities.ts';
import type { SegmentationType } from '../domain/segmentationFormat.ts';
import type { ModelZoo } from '../ports/modelZoo.ts';

const INTENDED_USE = 'Research use only. Not for diagnosis or treatment.';

export function capabilitiesView(
  zoo: ModelZoo,
  archive: Capabilities['archive'],
  version: string,
  preferred: SegmentationType,
): Capabilities {
  const defaultId = zoo.get('default').id;
  return {
    ...{ product: 'tomoclick', version, intendedUse: INTENDED_USE, archive },
    segmentationTypes: preferred === 'BINARY' ? ['BINARY', 'LABELMAP'] : ['LABELMAP', 'BINARY'],
    models: zoo
      .list()
      .map(({ id, title, version: modelVersion, licence, attribution, modalities, promptKinds }) => ({
        ...{ id, title, version: modelVersion, isDefault: id === defaultId },
        licence: { spdx: licence.spdx, name: licence.name },
        attribution: [...attribution],
        modalities: [...modalities],
        promptKinds: [...promptKinds],
      })),
  };
}

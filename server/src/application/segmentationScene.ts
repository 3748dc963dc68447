import { canonicalFrameOf, type CanonicalFrame } from '../domain/canonicalFrame.ts';
import { Problem } from '../domain/errors.ts';
import type { ModelManifest } from '../domain/modelManifest.ts';
import type { Volume } from '../domain/volume.ts';
import { volumeKeyOf } from '../domain/volumeKey.ts';
import type { CoarseLevels } from './coarseLevels.ts';

/** A click nearer to a region's border (in its voxels) is looked at in another region. */
export const VIEW_BORDER_VOXELS = 3;

/** A volume as one model looks at it. */
export interface SegmentationScene {
  readonly volume: Volume;
  readonly volumeKey: string;
  readonly frame: CanonicalFrame;
  readonly model: ModelManifest;
  readonly levels: CoarseLevels;
}

/** @throws Problem model-not-for-modality */
export function openScene(volume: Volume, model: ModelManifest, levels: CoarseLevels): SegmentationScene {
  if (!model.modalities.includes(volume.modality)) {
    const facts = { model: model.id, modality: volume.modality, modalities: model.modalities };
    const served = model.modalities.join(', ');
    throw new Problem(
      'model-not-for-modality',
      `The model serves ${served}; choose another one for this ${volume.modality} series.`,
      facts,
    );
  }
  return { volume, volumeKey: volumeKeyOf(volume), frame: canonicalFrameOf(volume.geometry), model, levels };
}

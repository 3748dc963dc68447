import type { Vector3 } from '../domain/affine.ts';
import { canonicalFrameOf, canonicalMmOf, type CanonicalFrame } from '../domain/canonicalFrame.ts';
import { Problem } from '../domain/errors.ts';
import type { ModelManifest } from '../domain/modelManifest.ts';
import type { Prompt } from '../domain/prompt.ts';
import { volumeKeyOf } from '../domain/regionOfInterest.ts';
import type { Volume } from '../domain/volume.ts';
import { containsIndex, indexIjkOf } from '../domain/volumeGeometry.ts';
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

/** A point prompt where it falls in the volume. */
export interface Click {
  readonly indexIjk: Vector3;
  /** mm in the canonical frame of the volume. */
  readonly pointMm: Vector3;
  readonly include: boolean;
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

/** @throws Problem prompt-outside-volume */
export function placeClick(scene: SegmentationScene, prompt: Prompt): Click {
  const { geometry } = scene.volume;
  const { pointLps } = prompt;
  const indexIjk = indexIjkOf(geometry, pointLps);
  if (!containsIndex(geometry, indexIjk)) {
    const facts = { pointLps, indexIjk: indexIjk.map(Math.round), shapeIjk: geometry.shapeIjk };
    throw new Problem(
      'prompt-outside-volume',
      'Click inside the images of the series; positions are LPS mm in its Frame of Reference.',
      facts,
    );
  }
  return { indexIjk, pointMm: canonicalMmOf(scene.frame, indexIjk), include: prompt.polarity === 'include' };
}

import type { ModelManifest } from '../domain/modelManifest.ts';

/** The model as DICOM objects name it (PS3.3 10.16). */
export function algorithmOf(model: ModelManifest): {
  readonly algorithmName: string;
  readonly algorithmVersion: string;
} {
  return { algorithmName: `Tomoclick ${model.id}`, algorithmVersion: model.version };
}

import type { ModelManifest } from '../domain/modelManifest.ts';

/** The models on offer, read and hash-checked once at start. */
export interface ModelZoo {
  list(): readonly ModelManifest[];
  /** `default` names the first of the list. @throws Problem model-not-found */
  get(id: string): ModelManifest;
}

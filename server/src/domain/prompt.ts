import type { Vector3 } from './affine.ts';

export type Polarity = 'include' | 'exclude';

/** What a reader tells the model; positions in LPS mm of the series' Frame of Reference. */
export interface PointPrompt {
  readonly kind: 'point';
  readonly pointLps: Vector3;
  readonly polarity: Polarity;
}

export type Prompt = PointPrompt;
export type PromptKind = Prompt['kind'];

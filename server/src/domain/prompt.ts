import type { Vector3 } from './affine.ts';

export type Polarity = 'include' | 'exclude';

/** What a reader tells the model; positions in LPS mm of the series' Frame of Reference. */
export type Prompt = PointPrompt | ScribblePrompt | LassoPrompt | BoxPrompt | SizePrompt;
export type PromptKind = Prompt['kind'];

export interface PointPrompt {
  readonly kind: 'point';
  readonly pointLps: Vector3;
  readonly polarity: Polarity;
}

/** A stroke: what it runs through belongs to the structure, or does not. */
export interface ScribblePrompt {
  readonly kind: 'scribble';
  /** In the order drawn. */
  readonly pointsLps: readonly Vector3[];
  readonly polarity: Polarity;
}

/** A closed outline in a plane: what it surrounds belongs to the structure, or does not. */
export interface LassoPrompt {
  readonly kind: 'lasso';
  /** In the order drawn; the last is joined to the first. */
  readonly pointsLps: readonly Vector3[];
  readonly polarity: Polarity;
}

/** Holds the structure, along the axes of the series; it starts the segment anew. */
export interface BoxPrompt {
  readonly kind: 'box';
  /** Opposite corners, or all of them. */
  readonly cornersLps: readonly Vector3[];
  /** Of the plane that the box was drawn in: the structure goes on to both sides of it. Absent: a box in space. */
  readonly normalLps?: Vector3;
}

/** The structure meant is another one at the same place. */
export interface SizePrompt {
  readonly kind: 'size';
  readonly wish: SizeWish;
}

/** Than the segment is now. */
export type SizeWish = 'larger' | 'smaller';

export function samePrompt(a: Prompt, b: Prompt): boolean {
  return JSON.stringify(factsOf(a)) === JSON.stringify(factsOf(b));
}

function factsOf(prompt: Prompt): unknown {
  switch (prompt.kind) {
    case 'point':
      return [prompt.kind, prompt.polarity, prompt.pointLps];
    case 'scribble':
    case 'lasso':
      return [prompt.kind, prompt.polarity, prompt.pointsLps];
    case 'box':
      return [prompt.kind, prompt.cornersLps, prompt.normalLps];
    case 'size':
      return [prompt.kind, prompt.wish];
  }
}

import type { Features } from '../../domain/likeness/describedCells.ts';
import type { Tokens } from './exemplarLook.ts';

/** Those of several exemplars, as one. */
export function joinedTokens(tokens: readonly Tokens[]): Tokens {
  const features: Features = {
    channels: tokens[0]?.features.channels ?? 0,
    rows: joined(tokens.map(one => one.features.rows)),
  };
  return {
    features,
    placesMm: joined(tokens.map(({ placesMm }) => placesMm)),
    targets: joined(tokens.map(({ targets }) => targets)),
  };
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

import { caseEvidence, type CaseEvidence } from './caseEvidence.ts';
import { addedProbability, correctionOf, LARGEST_CORRECTION } from './fusedLogits.ts';
import { EXPANDED } from './hiddenLayer.ts';
import { onLattice } from './lattice.ts';
import { leastSquares } from './leastSquares.ts';
import { openingFeatures, type Opening } from './openingFeatures.ts';

/** How much the auxiliary model may say, where it says anything. */
export const GAINS = [0.5, 1] as const;
/** Older ones are forgotten. */
export const MOST_CASES = 12;
/** The latest ones that were held back. */
const JUDGED_CASES = 4;
/** Taken to have gained nothing, so that one lucky case proves little. */
const NEUTRAL_CASES = 1;
/** Of Dice, on average, else the frozen model answers alone. */
const LEAST_GAIN = 0.02;
/** The latest: however good those before, these may not have become worse. */
const GUARDED_CASES = 2;
/** Of Dice, on average over them. */
export const LARGEST_LOSS = 0.02;

/** Dice on the lattice of the opening answer to a case, before it was learned from. */
export interface HeldBackDice {
  readonly frozen: number;
  /** For each of GAINS. */
  readonly fused: readonly [number, number];
}

/** A case that a reader was content with, oldest first wherever there are several. */
export interface AcceptedCase {
  /** The same case accepted again replaces itself. */
  readonly key: string;
  /** Equal for cases of one patient; it tells nothing of who that is. */
  readonly patient: string;
  readonly evidence: CaseEvidence;
  /** Absent: nothing was known of other patients before. */
  readonly heldBack?: HeldBackDice;
}

/** What has been shown to be of use lately; `guarded`: it was, until the latest cases became worse. */
export type Fusion =
  { readonly kind: 'fused'; readonly gain: number } | { readonly kind: 'unproven' | 'guarded' };

/** Chosen by the cases that were held back: each was predicted with what was known before it. */
export function fusionOf(cases: readonly AcceptedCase[]): Fusion {
  const judged = judgedOf(cases);
  const best = bestGainOf(cases);
  const guarded = judged.slice(-GUARDED_CASES);
  const lately = sumOf(guarded, best) / Math.max(1, guarded.length);
  if (lately < -LARGEST_LOSS) return { kind: 'guarded' };
  const mean = sumOf(judged, best) / (judged.length + NEUTRAL_CASES);
  return mean >= LEAST_GAIN ? { kind: 'fused', gain: GAINS[best] } : { kind: 'unproven' };
}

/** Which of GAINS was best for the cases that were held back lately. */
export function bestGainOf(cases: readonly AcceptedCase[]): 0 | 1 {
  const judged = judgedOf(cases);
  return sumOf(judged, 1) > sumOf(judged, 0) ? 1 : 0;
}

function judgedOf(cases: readonly AcceptedCase[]): readonly HeldBackDice[] {
  return cases.flatMap(({ heldBack }) => heldBack ?? []).slice(-JUDGED_CASES);
}

/** Of what fusing adds to the frozen model's Dice. */
function sumOf(held: readonly HeldBackDice[], gain: 0 | 1): number {
  return held.reduce((sum, { fused, frozen }) => sum + fused[gain] - frozen, 0);
}

/**
 * The cases with one more: predicted with what was known of other patients before, then learned from. Structures of one
 * patient are alike, and would say more of each other than of anybody else's.
 */
export function withCase(
  cases: readonly AcceptedCase[],
  { key, patient }: Pick<AcceptedCase, 'key' | 'patient'>,
  opening: Opening,
  accepted: Uint8Array,
): readonly AcceptedCase[] {
  const others = cases.filter(known => known.key !== key);
  const inputs = openingFeatures(opening);
  const strangers = others.filter(known => known.patient !== patient);
  const heldBack = strangers.length > 0 ? judge(strangers, opening, inputs, accepted) : undefined;
  const evidence = caseEvidence(opening, inputs, accepted);
  return [...others, { key, patient, evidence, ...(heldBack && { heldBack }) }].slice(-MOST_CASES);
}

/** (EXPANDED) */
export function weightsOf(cases: readonly AcceptedCase[]): Float64Array {
  return leastSquares(cases.map(({ evidence }) => evidence));
}

function judge(
  cases: readonly AcceptedCase[],
  opening: Opening,
  inputs: Float64Array,
  accepted: Uint8Array,
): HeldBackDice {
  const wanted = onLattice(accepted, opening.edge);
  const logits = onLattice(opening.logits, opening.edge);
  const weights = weightsOf(cases);
  const row = new Float64Array(EXPANDED);
  const fused = GAINS.map(() => logits.slice());
  logits.forEach((logit, voxel) => {
    // No correction could change its side.
    if (Math.abs(logit) > LARGEST_CORRECTION) return;
    const added = addedProbability(row, inputs, voxel, weights);
    GAINS.forEach((gain, place) => (fused[place]![voxel] = logit + correctionOf(added, gain)));
  });
  const [half = logits, whole = logits] = fused;
  return { frozen: diceOf(logits, wanted), fused: [diceOf(half, wanted), diceOf(whole, wanted)] };
}

/** Of logits above 0 and a mask of zeros and ones; 1 where both are empty. */
function diceOf(logits: Float64Array, wanted: Float64Array): number {
  let [both, total] = [0, 0];
  for (let voxel = 0; voxel < logits.length; voxel++) {
    const answered = logits[voxel]! > 0 ? 1 : 0;
    both += answered * wanted[voxel]!;
    total += answered + wanted[voxel]!;
  }
  return total === 0 ? 1 : (2 * both) / total;
}

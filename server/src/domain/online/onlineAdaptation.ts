import type { ModelManifest } from '../modelManifest.ts';
import { wordsOf } from '../terminology.ts';
import { fusionOf, weightsOf, withCase, type AcceptedCase } from './acceptedCases.ts';
import { LATTICE_STEP } from './lattice.ts';
import type { Opening } from './openingFeatures.ts';

/** Whose accepted cases: nothing that one tenant or user group has taught reaches another. */
export interface AdaptationScope {
  readonly tenant: string;
  readonly userGroup: string;
}

/** What an auxiliary model is for. */
export interface AdaptationKey extends AdaptationScope {
  /** See `adaptedTaskOf`. */
  readonly task: string;
  readonly modality: string;
  readonly modelId: string;
  readonly modelVersion: string;
}

/** The accepted cases of one key. */
export interface OnlineAdaptation {
  readonly id: string;
  readonly key: AdaptationKey;
  /** As the segments are labelled. */
  readonly label: string;
  /** Counts what was learned; an id and a revision name one auxiliary model. */
  readonly revision: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly cases: readonly AcceptedCase[];
}

/** The auxiliary model that an answer was fused with: enough to give the same answer again. */
export interface AppliedAdaptation {
  readonly adaptationId: string;
  readonly revision: number;
  readonly label: string;
  readonly caseCount: number;
  readonly gain: number;
  readonly weights: readonly number[];
}

/** The image encoder sees a wide and a narrow window. */
const CHANNELS = 2;
const UNNAMED = /^segment( \d+)?$/;

/** The task that a label names; undefined for one that names nothing. */
export function adaptedTaskOf(label: string): string | undefined {
  const words = wordsOf(label).trim();
  return words === '' || UNNAMED.test(words) ? undefined : words;
}

/** Answers and images have one grid, of which there is every second voxel. */
export function isAdaptableOnline({ region, logits, normalisation }: ModelManifest): boolean {
  const [edge] = region.shapeKji;
  const sides = [...region.shapeKji, ...logits.shapeKji];
  const isCube = sides.every(side => side === edge) && edge % LATTICE_STEP === 0;
  return isCube && normalisation.channels.length === CHANNELS && logits.threshold === 0;
}

export function newAdaptation(key: AdaptationKey, label: string, id: string, at: string): OnlineAdaptation {
  return { id, key, label, revision: 0, createdAt: at, updatedAt: at, cases: [] };
}

/** One case more, or one that is accepted again. @param accepted in the opening's cube */
export function learned(
  adaptation: OnlineAdaptation,
  of: Pick<AcceptedCase, 'key' | 'patient'>,
  opening: Opening,
  accepted: Uint8Array,
  at: string,
): OnlineAdaptation {
  const cases = withCase(adaptation.cases, of, opening, accepted);
  return { ...adaptation, revision: adaptation.revision + 1, updatedAt: at, cases };
}

/** Undefined where the frozen model answers alone. */
export function appliedAdaptation(adaptation: OnlineAdaptation): AppliedAdaptation | undefined {
  const fusion = fusionOf(adaptation.cases);
  if (fusion.kind !== 'fused') return undefined;
  const { id, revision, label, cases } = adaptation;
  return {
    ...{ adaptationId: id, revision, label, caseCount: cases.length },
    ...{ gain: fusion.gain, weights: [...weightsOf(cases)] },
  };
}

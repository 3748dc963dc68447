import type { AdaptationRequest } from '@tomoclick/server/contract';
import { byPatient, type LabelledCase } from './labelledCase.ts';

export type JobMethod = NonNullable<AdaptationRequest['method']>;
type Requested = NonNullable<AdaptationRequest['settings']>;
export type TunedParts = NonNullable<Requested['parts']>;
export type TunedChange = NonNullable<Requested['change']>;
export type NumberSetting = 'steps' | 'rank' | 'folds';

/** How a task is to be learned. */
export interface JobSettings {
  readonly method: JobMethod;
  readonly steps: number;
  readonly rank: number;
  /** Null: as many as the patients allow, three at most. */
  readonly folds: number | null;
  /** Of the samples, those drawn again in another case's intensities. */
  readonly synthesisShare: number;
  /** Of _finetuned_ alone. */
  readonly parts: TunedParts;
  readonly change: TunedChange;
}

/** Those of the contract. */
export const DEFAULT_JOB_SETTINGS: JobSettings = {
  ...{ method: 'samed', steps: 100, rank: 4, folds: null },
  ...{ synthesisShare: 0, parts: 'encoder+decoder', change: 'vanilla' },
};

/** Where synthesis is asked for; what its row in the results was measured with. */
export const SYNTHESIS_SHARE = 0.5;

/** Whether there are low-rank factors whose rank is a choice. */
export function hasRank({ method, change }: JobSettings): boolean {
  return method === 'samed' || (method === 'finetuned' && change === 'LoRA');
}

/** What the contract takes. */
export const SETTING_LIMITS: Readonly<Record<NumberSetting, { readonly min: number; readonly max: number }>> =
  { steps: { min: 1, max: 20_000 }, rank: { min: 1, max: 64 }, folds: { min: 2, max: 10 } };

const USUAL_FOLDS = 3;

/** The whole number that a reader typed, within what the contract takes; undefined for what is no number. */
export function settingOf(name: NumberSetting, typed: string): number | undefined {
  const value = Math.round(Number(typed));
  if (typed.trim() === '' || !Number.isFinite(value)) return undefined;
  const { min, max } = SETTING_LIMITS[name];
  return Math.min(max, Math.max(min, value));
}

/** Every patient is held back once: more folds than patients there cannot be. */
export function usualFolds(chosen: readonly LabelledCase[]): number {
  return Math.min(USUAL_FOLDS, Math.max(SETTING_LIMITS.folds.min, byPatient(chosen).length));
}

export function requestedSettings(
  { method, folds, ...settings }: JobSettings,
  chosen: readonly LabelledCase[],
): Pick<AdaptationRequest, 'method' | 'settings'> {
  return { method, settings: { ...settings, folds: folds ?? usualFolds(chosen) } };
}

import { isFound, type LabelledCase } from './labelledCase.ts';

/** How far the work on a segmentation has come. */
export type CaseOrigin = LabelledCase['origin'];

export const CASE_ORIGINS: readonly CaseOrigin[] = ['not saved', 'saved', 'in the archive'];

/** Which segmentations are looked for. */
export interface CaseWish {
  /** Words of the patient, the series or the labels. */
  readonly typed: string;
  /** Null: any. */
  readonly origin: CaseOrigin | null;
}

export const ANY_CASE: CaseWish = { typed: '', origin: null };

export function isWished(each: LabelledCase, { typed, origin }: CaseWish): boolean {
  return (origin === null || each.origin === origin) && isFound(each, typed);
}

/** Those that were looked for and are not chosen yet; none while nothing is looked for: nobody means them all. */
export function toChooseAtOnce(
  cases: readonly LabelledCase[],
  chosen: readonly LabelledCase[],
  wish: CaseWish,
): readonly LabelledCase[] {
  if (wish.typed.trim() === '' && wish.origin === null) return [];
  return cases.filter(each => isWished(each, wish) && !chosen.some(({ key }) => key === each.key));
}

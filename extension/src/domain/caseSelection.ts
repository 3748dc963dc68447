import type { LabelledCase } from './labelledCase.ts';

/** A case that was not chosen is the last of the choice; one that was is in it no more. */
export function withToggled(
  chosen: readonly LabelledCase[],
  labelledCase: LabelledCase,
): readonly LabelledCase[] {
  const others = chosen.filter(({ key }) => key !== labelledCase.key);
  return others.length === chosen.length ? [...chosen, labelledCase] : others;
}

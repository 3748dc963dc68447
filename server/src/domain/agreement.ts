import { diceOfMasks } from './diceOfMasks.ts';
import type { Mask } from './mask.ts';

/** Whose answers to a series are compared. */
export type AnswerKind =
  /** One task's, to copies of the series that show the same patient. */
  | 'copies'
  /** Those of several tasks that were learned for the same classes. */
  | 'versions'
  /** Those of parts of an exemplar set. */
  | 'parts';

/** What several answers to one series have in common. */
export interface Agreement {
  readonly among: AnswerKind;
  readonly answers: number;
  /** Mean Dice of all pairs of answers, by class; null where no answer finds the class. */
  readonly perClass: readonly { readonly label: string; readonly dice: number | null }[];
}

/**
 * How far answers agree: the mean pairwise Dice of each class (Roy et al. 2019, Bayesian QuickNAT; query by committee
 * as in Yang et al. 2017, Suggestive Annotation). A pair of which one finds the class and the other does not counts 0;
 * a pair of which neither does says nothing.
 * @param answers masks of every class, in the order of the labels, all on one grid; two answers at least
 */
export function agreementOf(
  among: AnswerKind,
  labels: readonly string[],
  answers: readonly (readonly Mask[])[],
): Agreement {
  const perClass = labels.map((label, index) => {
    const masks = answers.flatMap(answer => answer[index] ?? []);
    return { label, dice: meanOf(pairsOf(masks).flatMap(([one, other]) => diceOfMasks(one, other) ?? [])) };
  });
  return { among, answers: answers.length, perClass };
}

/** Of the classes that were found, each counting the same; null where none was. */
export function meanDiceOf({ perClass }: Agreement): number | null {
  return meanOf(perClass.flatMap(({ dice }) => dice ?? []));
}

function pairsOf<Item>(items: readonly Item[]): readonly (readonly [Item, Item])[] {
  return items.flatMap((one, n) => items.slice(n + 1).map(other => [one, other] as const));
}

function meanOf(values: readonly number[]): number | null {
  return values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : null;
}

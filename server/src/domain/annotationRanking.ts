import { meanDiceOf, type Agreement } from './agreement.ts';
import { Problem } from './errors.ts';
import type { AdaptationScope } from './online/onlineAdaptation.ts';
import type { RunOrigin } from './runOrigin.ts';
import type { SeriesReference } from './seriesReference.ts';

/** What became of one candidate. */
export type RankedOutcome =
  | {
      readonly kind: 'waiting';
      /** How often it was begun to be compared by a server that ended in the middle of it; absent: never. */
      readonly begun?: number;
    }
  /** Of the copies, and where there are any of the versions. */
  | { readonly kind: 'compared'; readonly agreements: readonly Agreement[] }
  /** Nothing is to be gained: its labels are saved, were learned from, or are an example of the set. */
  | { readonly kind: 'annotated'; readonly as: 'saved' | 'learned-from' | 'example' }
  /** It cannot be compared; the others can. */
  | { readonly kind: 'left-out'; readonly code: string; readonly detail: string };

export interface RankedSeries {
  readonly series: SeriesReference;
  readonly outcome: RankedOutcome;
}

export type RankingState =
  | { readonly kind: 'queued' }
  | { readonly kind: 'running' }
  | { readonly kind: 'done' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly code: string; readonly detail: string };

/** Series in the order in which they are worth annotating for a task, or an exemplar set. */
export interface AnnotationRanking {
  readonly id: string;
  /** Whose it is: nobody else sees it. */
  readonly scope: AdaptationScope;
  readonly createdAt: string;
  readonly origin: RunOrigin;
  /** Of the task or the set. */
  readonly title: string;
  readonly labels: readonly string[];
  /** As they were asked for. */
  readonly entries: readonly RankedSeries[];
  readonly state: RankingState;
}

/** A candidate at its place. */
export interface OrderedSeries extends RankedSeries {
  /** From 1; null where nothing tells how unsure the model is. */
  readonly rank: number | null;
  readonly score: number | null;
}

export function hasEnded({ state }: Pick<AnnotationRanking, 'state'>): boolean {
  return state.kind !== 'queued' && state.kind !== 'running';
}

/** Also of one that ran when the server died: it goes on where it was. */
export function begun(ranking: AnnotationRanking): AnnotationRanking {
  return { ...requireOpen(ranking), state: { kind: 'running' } };
}

/** @throws Problem wrong-state, once it has ended */
export function withOutcome(
  ranking: AnnotationRanking,
  index: number,
  outcome: RankedOutcome,
): AnnotationRanking {
  const entries = requireOpen(ranking).entries.map((entry, n) =>
    n === index ? { ...entry, outcome } : entry,
  );
  return { ...ranking, entries };
}

/** @throws Problem wrong-state, once it has ended */
export function ended(
  ranking: AnnotationRanking,
  state: Extract<RankingState, { kind: 'done' | 'failed' }>,
): AnnotationRanking {
  return { ...requireOpen(ranking), state };
}

/** What has been compared is kept. One that has ended stays as it is. */
export function cancelled(ranking: AnnotationRanking): AnnotationRanking {
  return hasEnded(ranking) ? ranking : { ...ranking, state: { kind: 'cancelled' } };
}

/**
 * How unsure the model is of a series: 1 − the least agreement of its answers, from 0 (all alike) to 1 (nothing in
 * common). Null where no answer finds anything, or nothing was compared.
 */
export function scoreOf(outcome: RankedOutcome): number | null {
  const agreement = leastAgreement(outcome);
  return agreement ? 1 - agreement.dice : null;
}

/** Of the agreements that say something, the one that the score is of. */
export function leastAgreement(
  outcome: RankedOutcome,
): { readonly agreement: Agreement; readonly dice: number } | undefined {
  if (outcome.kind !== 'compared') return undefined;
  const known = outcome.agreements.flatMap(agreement => {
    const dice = meanDiceOf(agreement);
    return dice === null ? [] : [{ agreement, dice }];
  });
  return known.sort((a, b) => a.dice - b.dice)[0];
}

/**
 * The least sure first; then what waits, what shows nothing that the model knows, what cannot be compared. What is
 * annotated comes last, and is not left out: the reader sees that it was thought of, and why it can wait.
 */
export function annotationOrder({ entries }: AnnotationRanking): readonly OrderedSeries[] {
  const scored = entries.map(entry => ({ ...entry, score: scoreOf(entry.outcome) }));
  // Sorting is stable: of equals the one that was asked for first.
  scored.sort((a, b) => groupOf(a) - groupOf(b) || (b.score ?? 0) - (a.score ?? 0));
  return scored.map((entry, n) => ({ ...entry, rank: entry.score === null ? null : n + 1 }));
}

function groupOf({ outcome, score }: RankedSeries & { readonly score: number | null }): number {
  if (score !== null) return 0;
  return { waiting: 1, compared: 2, 'left-out': 3, annotated: 4 }[outcome.kind];
}

function requireOpen(ranking: AnnotationRanking): AnnotationRanking {
  if (!hasEnded(ranking)) return ranking;
  throw new Problem('wrong-state', `The ranking has ended: ${ranking.state.kind}.`, {
    state: ranking.state.kind,
  });
}

import type { AnnotationRankingContract } from '../contract/annotationRanking.ts';
import { meanDiceOf, type Agreement } from '../domain/agreement.ts';
import { annotationOrder, type AnnotationRanking, type OrderedSeries } from '../domain/annotationRanking.ts';
import { rankingReason } from '../domain/rankingReason.ts';

/** A ranking in the words of the contract. @param share how much is done of the series that is being looked at */
export function annotationRankingView(ranking: AnnotationRanking, share: number): AnnotationRankingContract {
  const { id, createdAt, origin, title, labels, entries, state } = ranking;
  const done = entries.filter(({ outcome }) => outcome.kind !== 'waiting').length;
  return {
    ...{ id, createdAt, title, classes: [...labels], state: { ...state } },
    ...(origin.kind === 'task' ? { taskId: origin.taskId } : { exemplarSetId: origin.exemplarSetId }),
    progress: Math.min(1, (done + share) / entries.length),
    series: annotationOrder(ranking).map(seriesView),
  };
}

function seriesView({ series, outcome, rank, score }: OrderedSeries) {
  return {
    ...{ ...series, rank, score, outcome: outcome.kind, reason: rankingReason(outcome) },
    agreements: outcome.kind === 'compared' ? outcome.agreements.map(agreementView) : [],
  };
}

function agreementView(agreement: Agreement) {
  const { among, answers, perClass } = agreement;
  return { among, answers, meanDice: meanDiceOf(agreement), perClass: perClass.map(each => ({ ...each })) };
}

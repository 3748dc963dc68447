import { z } from 'zod';
import type { AnnotationRanking, RankedOutcome, RankingState } from '../../domain/annotationRanking.ts';
import { seriesRow } from './adaptationRow.ts';

const failure = { code: z.string(), detail: z.string() };

const agreementRow = z.object({
  ...{ among: z.enum(['copies', 'versions', 'parts']), answers: z.number() },
  perClass: z.array(z.object({ label: z.string(), dice: z.number().nullable() })),
});

const outcomeRow: z.ZodType<RankedOutcome> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('waiting'), begun: z.exactOptional(z.number()) }),
  z.object({ kind: z.literal('compared'), agreements: z.array(agreementRow) }),
  z.object({ kind: z.literal('annotated'), as: z.enum(['saved', 'learned-from', 'example']) }),
  z.object({ kind: z.literal('left-out'), ...failure }),
]);

const stateRow: z.ZodType<RankingState> = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['queued', 'running', 'done', 'cancelled']) }),
  z.object({ kind: z.literal('failed'), ...failure }),
]);

/** A ranking as its table holds it. */
export const annotationRankingRow: z.ZodType<AnnotationRanking> = z.object({
  ...{ id: z.string(), createdAt: z.string(), title: z.string(), labels: z.array(z.string()) },
  scope: z.object({ tenant: z.string(), userGroup: z.string() }),
  origin: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('task'), taskId: z.string() }),
    z.object({ kind: z.literal('exemplar-set'), exemplarSetId: z.string() }),
  ]),
  entries: z.array(z.object({ series: seriesRow, outcome: outcomeRow })),
  state: stateRow,
});

import { z } from 'zod';
import { createRanking, MOST_KEPT } from '../../application/ranking/createRanking.ts';
import { cancelRanking, removeRanking } from '../../application/ranking/endRanking.ts';
import {
  annotationRankingListSchema,
  annotationRankingRequestSchema,
  annotationRankingSchema,
  rankingIdSchema,
  type AnnotationRankingContract,
  type AnnotationRankingList,
} from '../../contract/annotationRanking.ts';
import type { AnnotationRanking } from '../../domain/annotationRanking.ts';
import { annotationRankingView } from '../annotationRankingView.ts';
import { defineRoute } from '../route.ts';
import type { RouteContext } from '../services.ts';
import { BODY_PROBLEMS, JSON_MEDIA_TYPE } from './vocabulary.ts';

const RANKINGS = '/api/v1/annotation-rankings';
const RANKING = `${RANKINGS}/{id}`;
const rankingParameters = z.object({ id: rankingIdSchema });
const RANKING_PROBLEMS = ['invalid-request', 'annotation-ranking-not-found', 'overloaded'] as const;
const RANKING_JSON = { [JSON_MEDIA_TYPE]: annotationRankingSchema };

const create = defineRoute(
  {
    ...{ method: 'post', path: RANKINGS, operationId: 'createAnnotationRanking' },
    summary: 'Find out which series to annotate next for a task or an exemplar set',
    description:
      'Begins in the background, one series after the other while no run goes on; it goes on after a restart. ' +
      'Series are ordered by how little the answers to each have in common: of a task those to slightly changed ' +
      'copies (contrast, size, place of the windows), and those of other promoted tasks with the same classes; of a ' +
      'set those of its parts. A series whose labels are in the archive already, or were learned from, comes last.',
    body: annotationRankingRequestSchema,
    responses: {
      202: { description: 'It waits or runs', content: RANKING_JSON, headers: { Location: 'Its address' } },
    },
    problems: [
      ...BODY_PROBLEMS,
      ...(['task-not-found', 'exemplar-set-not-found', 'model-not-found'] as const),
      ...(['wrong-state', 'model-not-adaptable', 'unsuitable-cases'] as const),
    ],
  },
  async ({ body: { origin, series }, response, context }) => {
    const ranking = await createRanking(origin, series, context.services().rankings);
    response.status(202).location(`${RANKINGS}/${ranking.id}`).json(view(ranking, context));
  },
);

const list = defineRoute(
  {
    ...{ method: 'get', path: RANKINGS, operationId: 'listAnnotationRankings' },
    summary: 'Rankings of those who ask, newest first; the oldest are forgotten',
    query: z.object({
      limit: z.coerce.number<string>().pipe(z.int().min(1).max(MOST_KEPT)).default(MOST_KEPT),
    }),
    responses: { 200: { description: 'They', content: { [JSON_MEDIA_TYPE]: annotationRankingListSchema } } },
    problems: ['invalid-request', 'overloaded'],
  },
  async ({ query, response, context }) => {
    const { store, scope } = context.services().rankings;
    const rankings = (await store.list(scope, query.limit)).map(ranking => view(ranking, context));
    response.json({ rankings } satisfies AnnotationRankingList);
  },
);

const read = defineRoute(
  {
    ...{ method: 'get', path: RANKING, operationId: 'readAnnotationRanking' },
    summary: 'A ranking as far as it has come: which series to annotate next, and why',
    parameters: rankingParameters,
    responses: { 200: { description: 'The ranking', content: RANKING_JSON } },
    problems: RANKING_PROBLEMS,
  },
  async ({ parameters, response, context }) => {
    const { store, scope } = context.services().rankings;
    response.json(view(await store.load(scope, parameters.id), context));
  },
);

const cancel = defineRoute(
  {
    ...{ method: 'post', path: `${RANKING}/cancel`, operationId: 'cancelAnnotationRanking' },
    summary: 'Give a ranking up; what it has compared is kept, and one that has ended stays as it is',
    parameters: rankingParameters,
    responses: { 200: { description: 'The ranking', content: RANKING_JSON } },
    problems: RANKING_PROBLEMS,
  },
  async ({ parameters, response, context }) => {
    response.json(view(await cancelRanking(parameters.id, context.services().rankings), context));
  },
);

const remove = defineRoute(
  {
    ...{ method: 'delete', path: RANKING, operationId: 'deleteAnnotationRanking' },
    summary: 'Forget a ranking; one that runs is given up',
    parameters: rankingParameters,
    responses: { 204: { description: 'It is gone' } },
    problems: RANKING_PROBLEMS,
  },
  async ({ parameters, response, context }) => {
    await removeRanking(parameters.id, context.services().rankings);
    response.status(204).end();
  },
);

function view(ranking: AnnotationRanking, context: RouteContext): AnnotationRankingContract {
  return annotationRankingView(ranking, context.services().rankings.queue.shareOf(ranking.id));
}

export const annotationRankingRoutes = [create, list, read, cancel, remove];

import type {
  AdaptationDetail,
  AdaptationList,
  AdaptationPreview,
  AnnotationRankingList,
  ExemplarSetContract,
  ExemplarSetList,
  SegmentationContract,
  TaskList,
  TaskRunContract,
} from '@tomoclick/server/contract';
import { firstOf } from '../../domain/firstOf.ts';
import type { LearningApi } from '../../ports/learningApi.ts';
import type { SeriesReference } from '../../ports/segmentationApi.ts';
import { jsonOf, refusal } from './httpSegmentationApi.ts';
import { PATIENCE, patientFetch, waitOf, type Patience } from './patientFetch.ts';

/** The server lists no more at once. */
const SEGMENTATIONS_A_PAGE = 200;
const JSON_TYPE = 'application/json';

/** @param root where the API is, without a trailing slash, for example `/api/v1` */
export function httpLearningApi(
  root: string,
  fetchFunction: typeof fetch = fetch,
  patience: Patience = PATIENCE,
): LearningApi {
  async function send(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    body?: unknown,
    { length: cases }: ArrayLike<unknown> = [],
  ): Promise<Response> {
    const asked = {
      method,
      headers: { Accept: JSON_TYPE, ...(body !== undefined && { 'Content-Type': JSON_TYPE }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    };
    const workMs = patience.workMs + cases * patience.caseMs;
    const waited = { ...patience, workMs };
    const response = await patientFetch(fetchFunction, `${root}${path}`, asked, waitOf(method), waited);
    if (!response.ok) throw await refusal(response);
    return response;
  }

  async function json<Reply>(
    method: 'GET' | 'POST',
    path: string,
    body?: unknown,
    cases: ArrayLike<unknown> = [],
  ): Promise<Reply> {
    return jsonOf<Reply>(await send(method, path, body, cases));
  }

  const targetOf = (series: SeriesReference, segmentationId: string | null): object => ({
    ...series,
    ...(segmentationId !== null && { segmentationId }),
  });

  return {
    tasks: () => json<TaskList>('GET', '/tasks'),
    run: (taskId, series, segmentationId) =>
      json<TaskRunContract>('POST', `/tasks/${taskId}/run`, targetOf(series, segmentationId)),
    exemplarSets: () => json<ExemplarSetList>('GET', '/exemplar-sets'),
    createExemplarSet: request => json<ExemplarSetContract>('POST', '/exemplar-sets', request, request.cases),
    deleteExemplarSet: async id => {
      await send('DELETE', `/exemplar-sets/${id}`);
    },
    runExemplarSet: (id, series, segmentationId) =>
      json<TaskRunContract>('POST', `/exemplar-sets/${id}/runs`, targetOf(series, segmentationId)),
    readRun: id => json<TaskRunContract>('GET', `/task-runs/${id}`),
    cancelRun: id => json<TaskRunContract>('POST', `/task-runs/${id}/cancel`),
    changeTask: async (taskId, change) => {
      await json('POST', `/tasks/${taskId}/${change}`);
    },
    cardAddress: taskId => `${root}/tasks/${taskId}/card`,
    newestRanking: async () =>
      (await json<AnnotationRankingList>('GET', '/annotation-rankings?limit=1')).rankings[0] ?? null,
    createRanking: async request => {
      await json('POST', '/annotation-rankings', request);
    },
    cancelRanking: async id => {
      await json('POST', `/annotation-rankings/${id}/cancel`);
    },
    deleteRanking: async id => {
      await send('DELETE', `/annotation-rankings/${id}`);
    },
    segmentations: async most => {
      const { items, isAll } = await firstOf(most, SEGMENTATIONS_A_PAGE, async ({ limit, offset }) => {
        const path = `/segmentations?limit=${limit}&offset=${offset}`;
        return (await json<{ segmentations: SegmentationContract[] }>('GET', path)).segmentations;
      });
      // What is edited between two pages moves to the first, and what was its last is on both.
      return { items: [...new Map(items.map(each => [each.id, each])).values()], isAll };
    },
    preview: request => json<AdaptationPreview>('POST', '/adaptations/preview', request, request.cases),
    begin: async request => {
      await json('POST', '/adaptations', request, request.cases);
    },
    adaptations: () => json<AdaptationList>('GET', '/adaptations'),
    readAdaptation: id => json<AdaptationDetail>('GET', `/adaptations/${id}`),
    cancelAdaptation: async id => {
      await json('POST', `/adaptations/${id}/cancel`);
    },
  };
}

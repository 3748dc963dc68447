import type {
  AdaptationDetail,
  AdaptationList,
  AdaptationPreview,
  SegmentationContract,
  TaskList,
  TaskRunContract,
} from '@tomoclick/server/contract';
import { NoAnswer } from '../../domain/failure.ts';
import type { LearningApi } from '../../ports/learningApi.ts';
import { refusal } from './httpSegmentationApi.ts';

const JSON_TYPE = 'application/json';

/** @param root where the API is, without a trailing slash, for example `/api/v1` */
export function httpLearningApi(root: string, fetchFunction: typeof fetch = fetch): LearningApi {
  async function json<Reply>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Reply> {
    const response = await fetchFunction(`${root}${path}`, {
      method,
      headers: { Accept: JSON_TYPE, ...(body !== undefined && { 'Content-Type': JSON_TYPE }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }).catch((cause: unknown) => {
      throw new NoAnswer(`${method} ${path}`, { cause });
    });
    if (!response.ok) throw await refusal(response);
    return (await response.json()) as Reply;
  }

  return {
    tasks: () => json<TaskList>('GET', '/tasks'),
    run: (taskId, series, segmentationId) =>
      json<TaskRunContract>('POST', `/tasks/${taskId}/run`, {
        ...series,
        ...(segmentationId !== null && { segmentationId }),
      }),
    readRun: id => json<TaskRunContract>('GET', `/task-runs/${id}`),
    cancelRun: id => json<TaskRunContract>('POST', `/task-runs/${id}/cancel`),
    changeTask: async (taskId, change) => {
      await json('POST', `/tasks/${taskId}/${change}`);
    },
    cardAddress: taskId => `${root}/tasks/${taskId}/card`,
    segmentations: async () =>
      (await json<{ segmentations: SegmentationContract[] }>('GET', '/segmentations?limit=200'))
        .segmentations,
    preview: request => json<AdaptationPreview>('POST', '/adaptations/preview', request),
    begin: async request => {
      await json('POST', '/adaptations', request);
    },
    adaptations: () => json<AdaptationList>('GET', '/adaptations?limit=10'),
    readAdaptation: id => json<AdaptationDetail>('GET', `/adaptations/${id}`),
    cancelAdaptation: async id => {
      await json('POST', `/adaptations/${id}/cancel`);
    },
  };
}

import type {
  AdaptationDetail,
  AdaptationList,
  AdaptationPreview,
  AdaptationRequest,
  AnnotationRankingContract,
  AnnotationRankingRequest,
  ExemplarSetContract,
  ExemplarSetList,
  ExemplarSetRequest,
  SegmentationContract,
  TaskList,
  TaskRunContract,
} from '@tomoclick/server/contract';
import type { FirstOf } from '../domain/firstOf.ts';
import type { SeriesReference } from './segmentationApi.ts';

/**
 * What segments without clicks: tasks and their learning, and sets of examples, at the Tomoclick server.
 * @throws RefusedByServer | NoAnswer from every method
 */
export interface LearningApi {
  tasks(): Promise<TaskList>;
  /** @param segmentationId gets the segments; null: a new segmentation does */
  run(taskId: string, series: SeriesReference, segmentationId: string | null): Promise<TaskRunContract>;
  exemplarSets(): Promise<ExemplarSetList>;
  createExemplarSet(request: ExemplarSetRequest): Promise<ExemplarSetContract>;
  deleteExemplarSet(id: string): Promise<void>;
  /** @param segmentationId gets the segments; null: a new segmentation does */
  runExemplarSet(
    id: string,
    series: SeriesReference,
    segmentationId: string | null,
  ): Promise<TaskRunContract>;
  /** Of a task or a set. */
  readRun(id: string): Promise<TaskRunContract>;
  cancelRun(id: string): Promise<TaskRunContract>;
  changeTask(taskId: string, change: 'promote' | 'retire'): Promise<void>;
  /** Where the browser reads what a task is for. */
  cardAddress(taskId: string): string;
  newestRanking(): Promise<AnnotationRankingContract | null>;
  createRanking(request: AnnotationRankingRequest): Promise<void>;
  cancelRanking(id: string): Promise<void>;
  deleteRanking(id: string): Promise<void>;
  /** Of any series, the one edited last first. @param most rounded up to whole pages */
  segmentations(most: number): Promise<FirstOf<SegmentationContract>>;
  preview(request: AdaptationRequest): Promise<AdaptationPreview>;
  begin(request: AdaptationRequest): Promise<void>;
  adaptations(): Promise<AdaptationList>;
  readAdaptation(id: string): Promise<AdaptationDetail>;
  cancelAdaptation(id: string): Promise<void>;
}

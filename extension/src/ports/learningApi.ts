import type {
  AdaptationDetail,
  AdaptationList,
  AdaptationPreview,
  AdaptationRequest,
  SegmentationContract,
  TaskList,
  TaskRunContract,
} from '@tomoclick/server/contract';
import type { SeriesReference } from './segmentationApi.ts';

/**
 * Tasks and their learning, at the Tomoclick server.
 * @throws RefusedByServer | NoAnswer from every method
 */
export interface LearningApi {
  tasks(): Promise<TaskList>;
  /** @param segmentationId gets the segments; null: a new segmentation does */
  run(taskId: string, series: SeriesReference, segmentationId: string | null): Promise<TaskRunContract>;
  readRun(id: string): Promise<TaskRunContract>;
  cancelRun(id: string): Promise<TaskRunContract>;
  changeTask(taskId: string, change: 'promote' | 'retire'): Promise<void>;
  /** Where the browser reads what a task is for. */
  cardAddress(taskId: string): string;
  /** Of any series, newest first. */
  segmentations(): Promise<readonly SegmentationContract[]>;
  preview(request: AdaptationRequest): Promise<AdaptationPreview>;
  begin(request: AdaptationRequest): Promise<void>;
  adaptations(): Promise<AdaptationList>;
  readAdaptation(id: string): Promise<AdaptationDetail>;
  cancelAdaptation(id: string): Promise<void>;
}

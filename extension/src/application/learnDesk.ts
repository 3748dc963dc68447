import type {
  AdaptationDetail,
  AdaptationList,
  AdaptationPreview,
  AdaptationRequest,
  SegmentationContract,
} from '@tomoclick/server/contract';
import { failureOf, type Failure } from '../domain/failure.ts';
import type { LearningApi } from '../ports/learningApi.ts';
import { Desk } from './desk.ts';

export interface LearnDeskState {
  /** That can be chosen: those with a segment that is not empty. */
  readonly segmentations: readonly SegmentationContract[];
  readonly chosenIds: readonly string[];
  readonly title: string;
  /** Of what is chosen; null until it is asked for. */
  readonly preview: AdaptationPreview | null;
  readonly jobs: AdaptationList | null;
  /** The newest job that runs, with its curves and log. */
  readonly detail: AdaptationDetail | null;
  readonly isBusy: boolean;
  readonly failure: Failure | null;
}

/** Has tasks learned from segmentations, and follows how that goes. */
export class LearnDesk extends Desk<LearnDeskState> {
  constructor(private readonly api: LearningApi) {
    super({
      ...{ segmentations: [], chosenIds: [], title: '', preview: null, jobs: null, detail: null },
      ...{ isBusy: false, failure: null },
    });
  }

  /** Jobs, workers and what can be chosen, as they are now. */
  async refresh(): Promise<void> {
    await this.attempt(async () => {
      const [jobs, segmentations] = await Promise.all([this.api.adaptations(), this.api.segmentations()]);
      const running = jobs.adaptations.find(({ state }) => state.kind === 'running') ?? jobs.adaptations[0];
      const detail = running ? await this.api.readAdaptation(running.id) : null;
      const filled = segmentations.filter(({ segments }) =>
        segments.some(({ voxelCount }) => voxelCount > 0),
      );
      this.become({ jobs, detail, segmentations: filled });
    });
  }

  toggle(segmentationId: string): void {
    const { chosenIds } = this.getState();
    const others = chosenIds.filter(id => id !== segmentationId);
    const isNew = others.length === chosenIds.length;
    this.become({ chosenIds: isNew ? [...chosenIds, segmentationId] : others, preview: null });
  }

  setTitle(title: string): void {
    this.become({ title });
  }

  preview(): Promise<void> {
    return this.busily(async () => this.become({ preview: await this.api.preview(this.request()) }));
  }

  begin(): Promise<void> {
    return this.busily(async () => {
      await this.api.begin(this.request());
      this.become({ chosenIds: [], title: '', preview: null });
      await this.refresh();
    });
  }

  cancel(id: string): Promise<void> {
    return this.busily(async () => {
      await this.api.cancelAdaptation(id);
      await this.refresh();
    });
  }

  private request(): AdaptationRequest {
    const { title, chosenIds } = this.getState();
    return {
      title: title.trim() === '' ? 'New task' : title.trim(),
      cases: chosenIds.map(segmentationId => ({ kind: 'workspace', segmentationId })),
      settings: { folds: Math.min(3, Math.max(2, chosenIds.length)) },
    };
  }

  private async busily(work: () => Promise<void>): Promise<void> {
    if (this.getState().isBusy) return;
    this.become({ isBusy: true });
    await this.attempt(work);
    this.become({ isBusy: false });
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.become({ failure: null });
    } catch (error) {
      this.become({ failure: failureOf(error) });
    }
  }
}

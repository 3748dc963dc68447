import type {
  AdaptationDetail,
  AdaptationList,
  AdaptationPreview,
  AdaptationRequest,
} from '@tomoclick/server/contract';
import { withToggled } from '../domain/caseSelection.ts';
import { DEFAULT_JOB_SETTINGS, requestedSettings, type JobSettings } from '../domain/jobSettings.ts';
import type { LabelledCase } from '../domain/labelledCase.ts';
import { failureOf, type Failure } from '../domain/failure.ts';
import type { LearningApi } from '../ports/learningApi.ts';
import { Desk } from './desk.ts';
import { Looks } from './looks.ts';

export interface LearnDeskState {
  /** In the order chosen. */
  readonly chosen: readonly LabelledCase[];
  readonly title: string;
  readonly settings: JobSettings;
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
  private readonly looks = new Looks(
    () => this.getState().failure,
    failure => this.become({ failure }),
  );

  constructor(private readonly api: LearningApi) {
    super({
      ...{ chosen: [], title: '', settings: DEFAULT_JOB_SETTINGS, preview: null, jobs: null, detail: null },
      ...{ isBusy: false, failure: null },
    });
  }

  /** Jobs and workers, as they are now. */
  async refresh(): Promise<void> {
    await this.looks.look(async () => {
      const jobs = await this.api.adaptations();
      const running = jobs.adaptations.find(({ state }) => state.kind === 'running') ?? jobs.adaptations[0];
      const detail = running ? await this.api.readAdaptation(running.id) : null;
      this.become({ jobs, detail });
    });
  }

  toggle(labelledCase: LabelledCase): void {
    this.become({ chosen: withToggled(this.getState().chosen, labelledCase), preview: null });
  }

  changeSettings(change: Partial<JobSettings>): void {
    this.become({ settings: { ...this.getState().settings, ...change }, preview: null });
  }

  setTitle(title: string): void {
    this.become({ title });
  }

  preview(): Promise<void> {
    return this.busily(async () => {
      const { chosen, settings } = this.getState();
      const preview = await this.api.preview(this.request());
      const now = this.getState();
      // It would be started as it is by then.
      if (now.chosen === chosen && now.settings === settings) this.become({ preview });
    });
  }

  begin(): Promise<void> {
    return this.busily(async () => {
      await this.api.begin(this.request());
      this.become({ chosen: [], title: '', preview: null });
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
    const { title, chosen, settings } = this.getState();
    return {
      title: title.trim() === '' ? 'New task' : title.trim(),
      cases: chosen.map(({ request }) => request),
      ...requestedSettings(settings, chosen),
    };
  }

  private async busily(work: () => Promise<void>): Promise<void> {
    if (this.getState().isBusy) return;
    this.become({ isBusy: true, failure: null });
    try {
      await work();
    } catch (error) {
      this.become({ failure: failureOf(error) });
    }
    this.become({ isBusy: false });
  }
}

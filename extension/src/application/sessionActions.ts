import type { SavedSegmentationContract } from '@tomoclick/server/contract';
import {
  ChangedMeanwhile,
  DeletedMeanwhile,
  isProblem,
  NotPossible,
  NotSentBefore,
} from '../domain/failure.ts';
import type { KeptClick } from '../domain/keptClick.ts';
import { withKeptClicks } from '../domain/keptClicks.ts';
import {
  CHANGED_ELSEWHERE,
  DELETED_ELSEWHERE,
  withNotice,
  withoutNotice,
  withWarnings,
} from '../domain/notice.ts';
import { type Action } from '../domain/promptSession.ts';
import { withSegmentation } from '../domain/shownSegmentation.ts';
import type { LabelmapView, StudyBrowser } from '../ports/labelmapView.ts';
import type { SegmentationApi, SeriesReference } from '../ports/segmentationApi.ts';
import { EarlierWork } from './earlierWork.ts';
import { SEGMENT_IS_GONE, SegmentActions } from './segmentActions.ts';
import type { SessionState } from './sessionState.ts';
import { ShownSession } from './shownSession.ts';

/** They ask for no more than is the case once the segmentation is gone, or begin a new one. */
const IS_DONE_BY_DELETION: ReadonlySet<Action['kind']> = new Set<Action['kind']>([
  'begin',
  'change',
  'check',
  'clear',
  'remove',
  'show',
]);

type PromptAction = Extract<Action, { kind: 'prompt' }>;

export interface ActionPorts {
  readonly api: SegmentationApi;
  readonly view: LabelmapView;
  readonly studyBrowser: StudyBrowser;
  readonly newId: () => string;
  readonly nowMs: () => number;
}

/** Takes one action to the server, and what comes of it onto the screen. */
export class SessionActions {
  private readonly shown: ShownSession;
  private readonly earlier: EarlierWork;
  private readonly segments: SegmentActions;
  private offered: readonly KeptClick[] | null = null;

  constructor(
    private readonly series: SeriesReference,
    private readonly state: SessionState,
    private readonly ports: ActionPorts,
  ) {
    this.shown = new ShownSession(state, ports);
    this.segments = new SegmentActions(state, this.shown, ports);
    this.earlier = new EarlierWork(series, state, this.shown, ports);
  }

  private get segmentationId(): string | null {
    return this.state.session.segmentationId;
  }

  /** @throws what the server answers; the action may then be carried out once more */
  async carryOut(action: Action): Promise<void> {
    try {
      await this.act(action);
      if (this.shown.hasMissed && this.segmentationId !== null)
        await this.shown.readAgain(this.segmentationId);
    } catch (error) {
      if (this.isDeleted(error) && !isOfAnother(action, this.segmentationId)) return this.startOver(action);
      if (!isProblem(error, 'segment-not-found') || this.segmentationId === null) throw error;
      await this.shown.readAgain(this.segmentationId);
      throw new NotPossible(SEGMENT_IS_GONE);
    }
  }

  /** Says so of the segmentation that is shown. */
  private isDeleted(error: unknown): boolean {
    return this.segmentationId !== null && isProblem(error, 'segmentation-not-found');
  }

  /** Nothing is left of what the action was asked of. @throws DeletedMeanwhile where that leaves something undone */
  private async startOver(action: Action): Promise<void> {
    this.segments.forget();
    this.shown.forget();
    if (!IS_DONE_BY_DELETION.has(action.kind)) throw new DeletedMeanwhile(action.kind === 'prompt');
    this.state.become(withNotice(this.state.session, DELETED_ELSEWHERE));
    if (action.kind === 'begin' || action.kind === 'remove') await this.act(action);
  }

  showAgain(): void {
    this.shown.showAgain();
  }

  private async act(action: Action): Promise<void> {
    switch (action.kind) {
      case 'restore':
        return this.earlier.search();
      case 'open':
        return this.shown.replaceByOpened(await this.ports.api.openStored(this.series, action.object));
      case 'show':
        return this.shown.replace(await this.ports.api.read(action.segmentationId));
      case 'begin':
        return this.beginForRun();
      case 'forget':
        return this.forget(action.adaptationId);
      case 'check':
        return this.check(action.isQuiet);
      case 'offer':
        return this.offer(action.clicks);
      case 'save':
        return this.store();
      case 'prompt':
        return this.prompt(action);
      case 'undo':
      case 'redo':
      case 'clear':
        return this.segments.step(action.segmentKey, action.kind);
      case 'remove':
        return this.segments.remove(action.segmentKey);
      case 'change':
        return this.segments.change(action.segmentKey, { label: action.label, colour: action.colour });
    }
  }

  /** The segmentation comes to be with its first prompt. */
  private async prompt({ segmentKey, promptId, prompt }: PromptAction): Promise<void> {
    await this.segments.prompt(await this.begin(), segmentKey, { promptId, prompt });
  }

  private async forget(adaptationId: string): Promise<void> {
    try {
      await this.ports.api.forgetAdaptation(adaptationId);
    } catch (error) {
      if (!isProblem(error, 'online-adaptation-not-found')) throw error;
    }
    this.state.become({ ...this.state.session, forgottenAdaptationId: adaptationId });
  }

  /** @param isQuiet nobody has asked: what is found is told beside the work, and a server that is away is not */
  private async check(isQuiet: boolean): Promise<void> {
    const { version } = this.state.session;
    try {
      await this.follow(isQuiet);
      if (this.state.session.version === version) return;
    } catch (error) {
      if (isQuiet && !this.isDeleted(error)) return;
      throw error;
    }
    if (!isQuiet) throw new ChangedMeanwhile();
    this.state.become(withNotice(this.state.session, CHANGED_ELSEWHERE));
  }

  /** Shows what the server holds by now. @param isNewToo others may have begun where nothing was */
  private async follow(isNewToo: boolean): Promise<void> {
    const { segmentationId, version } = this.state.session;
    if (segmentationId === null) {
      if (isNewToo && this.earlier.wasSearched) await this.earlier.search();
      return;
    }
    const segmentation = await this.ports.api.read(segmentationId);
    if (segmentation.version !== version) await this.shown.restore(segmentation);
  }

  /** Carried out once more, it is the reader who wants them. */
  private offer(clicks: readonly KeptClick[]): void {
    const isFirst = this.offered !== clicks;
    this.offered = clicks;
    if (isFirst) throw new NotSentBefore(clicks.length);
    this.state.become(withKeptClicks(this.state.session, clicks));
  }

  private async store(): Promise<void> {
    const id = this.segmentationId;
    if (id === null) throw new NotPossible('There is nothing to save yet: click a structure first.');
    const segmentation = await this.storeAsSeen(id);
    this.shown.hear(segmentation.version);
    const saved = withSegmentation(this.state.session, segmentation, this.ports.newId);
    // What others have done has been looked at, and saved.
    const looked = withoutNotice(saved, CHANGED_ELSEWHERE);
    this.state.become(withWarnings(looked, segmentation.warnings ?? []));
    const stored = segmentation.stored.at(-1);
    if (!stored) return;
    await this.ports.studyBrowser.showNewSeries(this.series.studyInstanceUID, stored.seriesInstanceUID);
  }

  /** What the reader has not seen is shown, and not saved unasked. */
  private async storeAsSeen(id: string): Promise<SavedSegmentationContract> {
    try {
      return await this.ports.api.store(id, this.state.session.version);
    } catch (error) {
      if (!isProblem(error, 'precondition-failed')) throw error;
      await this.shown.readAgain(id);
      throw new ChangedMeanwhile();
    }
  }

  /** A run may take minutes: what it adds to has to be there. */
  private async beginForRun(): Promise<void> {
    const { segmentationId } = this;
    if (segmentationId === null) await this.begin();
    else await this.ports.api.read(segmentationId);
  }

  /** @returns id of the segmentation, which comes to be where there is none */
  async begin(): Promise<string> {
    if (this.segmentationId === null && this.earlier.isDue) await this.earlier.search();
    if (this.segmentationId !== null) return this.segmentationId;
    const { id: segmentationId, version } = await this.ports.api.create(this.series);
    this.state.become({ ...this.state.session, segmentationId, version });
    return segmentationId;
  }
}

/** It shows a segmentation, but not the one of this id. */
function isOfAnother(action: Action, id: string | null): boolean {
  return action.kind === 'show' && action.segmentationId !== id;
}

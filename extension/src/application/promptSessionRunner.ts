import type { PromptContract } from '@tomoclick/server/contract';
import type { ColourRgb } from '../domain/colours.ts';
import type { DrawnPrompt } from '../domain/drawnPrompt.ts';
import { failureOfSession, NotPossible } from '../domain/failure.ts';
import type { KeptClick } from '../domain/keptClick.ts';
import { unsentSteps } from '../domain/keptClicks.ts';
import { withoutNotice, type Notice } from '../domain/notice.ts';
import type { PointLps } from '../domain/pointLps.ts';
import {
  activeSegment,
  canResize,
  exportableId,
  newSession,
  segmentOf,
  withActive,
  withDone,
  withDrawing,
  withFailure,
  withGivenUp,
  withNewSegment,
  withoutSegment,
  withPolarity,
  withSegment,
  type Action,
  type Drawing,
  type Polarity,
  type PromptSession,
  type SizeWish,
} from '../domain/promptSession.ts';
import type { ObjectReference } from '../domain/storedObject.ts';
import { termChoicesOf, type TermChoice } from '../domain/termChoice.ts';
import type { LabelmapView } from '../ports/labelmapView.ts';
import type { ExportFormat, SeriesReference, Step } from '../ports/segmentationApi.ts';
import { ActionQueue } from './actionQueue.ts';
import { Screen } from './screen.ts';
import { SessionActions, type ActionPorts } from './sessionActions.ts';
import { SessionState } from './sessionState.ts';
import { showSegments, showWhereActiveIs } from './showSession.ts';

export interface RunnerPorts extends ActionPorts {
  readonly delay: (ms: number) => Promise<void>;
}

/** One series being segmented: takes what the reader asks for, in order, to the server and onto the screen. */
export class PromptSessionRunner {
  private readonly state: SessionState;
  private readonly actions: SessionActions;
  private readonly screen: Screen;
  private readonly queue: ActionQueue;
  /** How often it was left, or come back to. */
  private turns = 0;

  constructor(
    readonly series: SeriesReference,
    private readonly ports: RunnerPorts,
  ) {
    this.state = new SessionState(newSession(ports.newId()));
    this.screen = new Screen(ports.view);
    this.actions = new SessionActions(series, this.state, { ...ports, view: this.screen });
    this.queue = new ActionQueue(this.state, {
      carryOut: action => this.actions.carryOut(action),
      onLate: () => this.warm(),
      ...{ delay: ports.delay, nowMs: ports.nowMs },
    });
  }

  readonly getSession = (): PromptSession => this.state.session;

  readonly subscribe = (listener: () => void): (() => void) => this.state.subscribe(listener);

  /**
   * Shows an empty labelmap, then what the server still holds of this series.
   * @param kept what did not reach the server before the page went away: offered to the reader
   */
  open(kept: readonly KeptClick[] = []): void {
    this.queue.add({ kind: 'restore' });
    if (kept.length > 0) this.queue.add({ kind: 'offer', clicks: kept });
    this.warm();
  }

  /** Only a saving of time: what is wrong with the series comes up again at the first click. */
  private warm(): void {
    this.ports.api.warm(this.series).catch(() => undefined);
  }

  /** Nothing is shown any more; what waits goes on to the server until something fails. */
  leave(): void {
    this.turns += 1;
    this.screen.become(null);
  }

  /** What the reader asked for and has not been done yet. */
  get unsentSteps(): number {
    return unsentSteps(this.state.session);
  }

  /** After it was left: shows in a new view all that is known; what failed meanwhile waits to be tried again. */
  async comeBack(view: LabelmapView): Promise<void> {
    const turn = (this.turns += 1);
    // It may be that but one viewport of several has closed meanwhile; else what is shown next fails.
    await view.open().catch(() => undefined);
    if (turn !== this.turns) return;
    this.screen.become(view);
    this.showAgain();
  }

  private showAgain(): void {
    const isIdle = this.state.session.queue.length === 0;
    try {
      this.actions.showAgain();
      if (isIdle) this.state.become(withDone(this.state.session));
    } catch (error) {
      // What is under way, or waits, tells itself what becomes of it.
      if (isIdle) this.state.become(withFailure(this.state.session, failureOfSession(error)));
    }
  }

  /** Shows a segmentation of this series as the server holds it by now, in the place of another one. */
  showSegmentation(segmentationId: string): void {
    this.queue.add({ kind: 'show', segmentationId });
  }

  /**
   * The segmentation that clicks go to, once all that was asked for before is done; it comes to be where there is none.
   * @throws Error where something failed
   */
  async beginSegmentation(): Promise<string> {
    const action: Action = { kind: 'begin' };
    this.queue.add(action);
    await new Promise<void>((resolve, reject) => {
      const follow = (): void => {
        const { queue, failure } = this.state.session;
        const isDone = !queue.includes(action);
        if (!isDone && !failure) return;
        unfollow();
        if (isDone) resolve();
        else reject(new NotPossible('Something was not done: retry or give it up first.'));
      };
      const unfollow = this.state.subscribe(follow);
      follow();
    });
    return this.actions.begin();
  }

  /** Null while there is nothing to export. */
  exportAddress(format: ExportFormat): string | null {
    const id = exportableId(this.state.session);
    return id === null ? null : this.ports.api.exportAddress(id, format);
  }

  /** Names that the server codes by a term. */
  readonly findTerms = async (query: string): Promise<readonly TermChoice[]> =>
    termChoicesOf((await this.ports.api.findTerms(query)).terms);

  click(pointLps: PointLps, polarity: Polarity = this.state.session.polarity): void {
    this.prompt({ kind: 'point', pointLps: [...pointLps], polarity });
  }

  /** With what the reader drew; where it says nothing of it, the reader's switch says what it means. */
  draw(drawn: DrawnPrompt): void {
    const { polarity } = this.state.session;
    this.prompt(drawn.kind === 'box' ? drawn : { polarity, ...drawn });
  }

  /** Another structure at the same place is meant. */
  resize(wish: SizeWish): void {
    if (canResize(this.state.session)) this.prompt({ kind: 'size', wish });
  }

  private prompt(prompt: PromptContract): void {
    const { activeKey: segmentKey } = this.state.session;
    this.queue.add({ kind: 'prompt', segmentKey, promptId: this.ports.newId(), prompt });
  }

  /** The pointer rests: where no click is yet, the first may come here. */
  expectClick(pointLps: PointLps): void {
    const { session } = this.state;
    const segment = activeSegment(session);
    if (segment.prompts.length > 0 || session.queue.length > 0) return;
    this.ports.api.warmPoint(this.series, pointLps).catch(() => undefined);
  }

  takeStep(step: Step): void {
    this.queue.add({ kind: step, segmentKey: this.state.session.activeKey });
  }

  /** Puts a segmentation of the archive in the place of what is shown. */
  openStored({ seriesInstanceUID, sopInstanceUID }: ObjectReference): void {
    this.queue.add({ kind: 'open', object: { seriesInstanceUID, sopInstanceUID } });
  }

  save(): void {
    this.queue.add({ kind: 'save' });
  }

  addSegment(): void {
    this.state.become(withNewSegment(this.state.session, this.ports.newId()));
  }

  activate(segmentKey: string): void {
    if (segmentKey === this.state.session.activeKey) return;
    this.state.become(withActive(this.state.session, segmentKey));
    showSegments(this.screen, this.state.session);
    showWhereActiveIs(this.screen, this.state.session);
  }

  setDrawing(drawing: Drawing): void {
    this.state.become(withDrawing(this.state.session, drawing));
  }

  /** Whether accepted cases may have their say in answers to what is clicked from now on. */
  setAdaptive(isAdaptive: boolean): void {
    this.state.become({ ...this.state.session, isAdaptive });
  }

  forgetAdaptation(adaptationId: string): void {
    this.queue.add({ kind: 'forget', adaptationId });
  }

  setPolarity(polarity: Polarity): void {
    this.state.become(withPolarity(this.state.session, polarity));
  }

  changeSegment(segmentKey: string, change: { readonly label?: string; readonly colour?: ColourRgb }): void {
    const segment = segmentOf(this.state.session, segmentKey);
    if (!segment) return;
    const { label, colour } = { ...segment, ...change };
    this.state.become(withSegment(this.state.session, segmentKey, { label, colour }));
    showSegments(this.screen, this.state.session);
    if (this.isKnownToServer(segmentKey)) this.queue.add({ kind: 'change', segmentKey, label, colour });
  }

  removeSegment(segmentKey: string): void {
    if (this.isKnownToServer(segmentKey)) this.queue.add({ kind: 'remove', segmentKey });
    else this.state.become(withoutSegment(this.state.session, segmentKey, this.ports.newId()));
  }

  /** Or about to be: its first prompt waits, or is on its way. */
  private isKnownToServer(segmentKey: string): boolean {
    const { queue } = this.state.session;
    return (
      segmentOf(this.state.session, segmentKey)?.segmentNumber !== null ||
      queue.some(action => action.kind === 'prompt' && action.segmentKey === segmentKey)
    );
  }

  /** Tries the failed action again, and then those behind it. */
  retry(): void {
    const { failure, queue } = this.state.session;
    if (failure && queue.length === 0) this.showAgain();
    else if (failure) this.queue.goOn();
  }

  dismissNotice(notice: Notice): void {
    this.state.become(withoutNotice(this.state.session, notice));
  }

  /** Gives up the failed action and goes on with those behind it; what it has come to is looked at after them. */
  dismiss(): void {
    const { failure, queue, segmentationId } = this.state.session;
    if (!failure) return;
    this.state.become(withGivenUp(this.state.session));
    const isLookedAt = queue.slice(1).some(({ kind }) => kind === 'check');
    // The new name is shown already; what is saved would have the old one.
    if (queue[0]?.kind === 'change' && segmentationId !== null) this.showSegmentation(segmentationId);
    else if (this.queue.isInDoubt && queue[0]?.kind !== 'check' && !isLookedAt)
      this.queue.add({ kind: 'check', isQuiet: false });
    else this.queue.goOn();
  }

  /** Shows what others have done meanwhile, where nothing is under way. */
  lookAgain(): void {
    if (this.state.session.queue.length === 0) this.queue.add({ kind: 'check', isQuiet: true });
  }
}

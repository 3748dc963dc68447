import type { Capabilities } from '@tomoclick/server/contract';
import { followPageEnd } from './adapters/browser/followPageEnd.ts';
import { onReturn } from './adapters/browser/onReturn.ts';
import { sessionClickKeeper } from './adapters/browser/sessionClickKeeper.ts';
import { waiting } from './adapters/browser/waiting.ts';
import { listenForPrompts, type ViewportDrawing } from './adapters/cornerstone/listenForPrompts.ts';
import { registerPromptTool } from './adapters/cornerstone/promptTool.ts';
import { httpLearningApi } from './adapters/http/httpLearningApi.ts';
import { httpSegmentationApi } from './adapters/http/httpSegmentationApi.ts';
import { OhifLabelmapView } from './adapters/ohif/ohifLabelmapView.ts';
import { ohifStudyBrowser } from './adapters/ohif/ohifStudyBrowser.ts';
import { ohifSeriesFacts } from './adapters/ohif/ohifSeriesFacts.ts';
import {
  onSeriesChanged,
  storedCasesOf,
  storedSegmentationsOf,
} from './adapters/ohif/storedSegmentations.ts';
import { assignReferencedVolumes } from './adapters/ohif/referencedVolume.ts';
import { followRankings, type StudySuggestions } from './adapters/ohif/suggestionColumn.ts';
import { takeOverHistory } from './adapters/ohif/takeOverHistory.ts';
import { volumeLabels } from './adapters/ohif/volumeLabels.ts';
import { showUnsent } from './adapters/ohif/unsentNotice.ts';
import { viewerAddress } from './adapters/ohif/viewerAddress.ts';
import {
  activeDisplaySet,
  displaySetOfViewport,
  onViewportsChanged,
  viewportsOf,
} from './adapters/ohif/seriesInView.ts';
import { descriptionOf, seriesOfDisplaySet } from './adapters/ohif/seriesOfDisplaySet.ts';
import { LearningDesks } from './application/learningDesks.ts';
import { LeftSessions } from './application/leftSessions.ts';
import { PromptSessionRunner } from './application/promptSessionRunner.ts';
import { UnsentWork } from './application/unsentWork.ts';
import { untilAnswered } from './application/untilAnswered.ts';
import { suggestionFor } from './domain/annotationOrder.ts';
import { middleOf, type DrawnKind } from './domain/drawnPrompt.ts';
import { draftMarker, markersOf, type Marker } from './domain/marker.ts';
import { promptKindsOf } from './domain/modelInUse.ts';
import { isPossible, type Drawing } from './domain/promptSession.ts';
import { seriesKeyOf } from './domain/seriesKey.ts';
import type { StoredObject } from './domain/storedObject.ts';
import type { Cornerstone } from './ports/cornerstone.ts';
import type { CommandsManager, DisplaySet, ExtensionManager, Services, Subscription } from './ports/ohif.ts';
import type { LabelmapView } from './ports/labelmapView.ts';
import type { SegmentationApi, SeriesReference } from './ports/segmentationApi.ts';

const API_ROOT = '/api/v1';

interface OpenSeries {
  readonly displaySet: DisplaySet;
  readonly runner: PromptSessionRunner;
  readonly view: OhifLabelmapView;
}

/** Why there is no session: nothing is chosen yet, or slices that form no volume. */
export type Absence = 'none-chosen' | 'no-volume';

/** What the panel shows. */
export interface Shown {
  readonly capabilities: Capabilities | null;
  readonly series:
    | { readonly kind: 'open'; readonly description: string; readonly runner: PromptSessionRunner }
    | { readonly kind: Absence };
  /** Segmentations of the series in the archive. */
  readonly stored: readonly StoredObject[];
}

const NOTHING: Shown = { capabilities: null, series: { kind: 'none-chosen' }, stored: [] };

/** The extension at work: news the adapters, and follows which series the reader looks at. */
export class Tomoclick {
  private readonly api: SegmentationApi = httpSegmentationApi(API_ROOT);
  readonly learning = httpLearningApi(API_ROOT);
  readonly desks: LearningDesks;
  /** By displaySetInstanceUID. */
  private readonly open = new Map<string, OpenSeries>();
  private readonly left = new LeftSessions(steps => showUnsent(this.services, steps));
  private readonly keeper = sessionClickKeeper(() => window.sessionStorage);
  private readonly listeners = new Set<() => void>();
  private unfollowRankings = (): void => undefined;
  private endings: (() => void)[] = [];
  private shown: Shown = NOTHING;
  private draft: ViewportDrawing | undefined;

  constructor(
    private readonly services: Services,
    private readonly extensionManager: ExtensionManager,
    private readonly commandsManager: CommandsManager,
    private readonly cornerstone: Cornerstone,
  ) {
    this.desks = new LearningDesks(
      this.learning,
      ohifSeriesFacts(extensionManager, volumeLabels(services)),
      () => storedCasesOf(services),
      waiting,
    );
    // For as long as there is the page: what the reader has left in the mode may still wait.
    followPageEnd(window, document, new UnsentWork(() => this.runners(), this.keeper));
    registerPromptTool(
      cornerstone,
      viewportId => this.markersIn(viewportId),
      viewportId => this.drawingIn(viewportId) !== undefined,
    );
  }

  /** What the study list says of studies. */
  readonly suggestions: StudySuggestions = {
    suggestionOf: studyInstanceUID => suggestionFor(this.desks.rankings.getState().ranking, studyInstanceUID),
    isRanked: () => this.desks.rankings.getState().ranking !== null,
    onChanged: listener => this.desks.rankings.subscribe(listener),
  };

  readonly getShown = (): Shown => this.shown;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** The session of the series in the active viewport. */
  get activeRunner(): PromptSessionRunner | undefined {
    const { series } = this.shown;
    return series.kind === 'open' ? series.runner : undefined;
  }

  enterMode(): void {
    const follow = (): void => this.followViewports();
    const subscriptions: Subscription[] = [
      ...onViewportsChanged(this.services, follow),
      ...onSeriesChanged(this.services, () => this.listStored()),
      ...assignReferencedVolumes(this.services),
    ];
    this.endings = subscriptions.map(subscription => () => subscription.unsubscribe());
    this.endings.push(
      listenForPrompts(this.cornerstone, {
        drawingIn: viewportId => this.drawingIn(viewportId),
        onClick: ({ viewportId, pointLps, polarity }) => {
          const series = this.seriesPrompted(viewportId);
          if (!series) return;
          series.runner.click(pointLps, polarity);
          // The other planes follow, so that the result is seen in all of them.
          series.view.showPoint(pointLps, viewportId);
        },
        onRest: ({ viewportId, pointLps }) => this.seriesOfViewport(viewportId)?.runner.expectClick(pointLps),
        onDraft: draft => this.showDraft(draft),
        onDrawn: ({ viewportId, drawn }) => {
          const series = this.seriesPrompted(viewportId);
          if (!series) return;
          series.runner.draw(drawn);
          const middle = middleOf(drawn);
          if (middle) series.view.showPoint(middle, viewportId);
        },
      }),
    );
    // Others may have been at work meanwhile.
    this.endings.push(onReturn(document, window, () => this.activeRunner?.lookAgain()));
    this.endings.push(takeOverHistory(this.commandsManager, step => this.takeStepIfPossible(step)));
    // Beyond the mode: the study list comes after it.
    this.unfollowRankings();
    this.unfollowRankings = followRankings(this.suggestions, this.services.customizationService);
    let isHere = true;
    this.endings.push(() => (isHere = false));
    void this.readCapabilities(() => isHere);
  }

  exitMode(): void {
    for (const end of this.endings) end();
    this.endings = [];
    for (const { runner } of this.open.values()) this.left.add(runner);
    this.open.clear();
    this.show(NOTHING);
    // The study list comes next.
    void this.desks.rankings.refresh();
  }

  /** Where the model takes such prompts. */
  drawWith(drawing: Drawing): void {
    if (promptKindsOf(this.shown.capabilities).includes(drawing)) this.activeRunner?.setDrawing(drawing);
  }

  /** Where the viewer shows a series. */
  addressOf(studyInstanceUID: string, seriesInstanceUID: string): string {
    return viewerAddress(window.location, studyInstanceUID, seriesInstanceUID);
  }

  /** Where the series is shown by now: the reader may have left and come back since it was asked for. */
  showFound(series: SeriesReference, segmentationId: string): void {
    for (const { runner } of this.open.values()) {
      if (seriesKeyOf(runner.series) === seriesKeyOf(series)) runner.showSegmentation(segmentationId);
    }
  }

  /** Of the series in the active viewport, as DICOM names it. */
  get activeModality(): string | undefined {
    return activeDisplaySet(this.services)?.Modality;
  }

  private takeStepIfPossible(step: 'undo' | 'redo'): boolean {
    const runner = this.activeRunner;
    if (!runner || !isPossible(runner.getSession(), step)) return false;
    runner.takeStep(step);
    return true;
  }

  /** The panel names no model until then; a server that is down shows at the first request of the session. */
  private async readCapabilities(isWanted: () => boolean): Promise<void> {
    const capabilities = await untilAnswered(() => this.api.capabilities(), waiting, isWanted);
    if (capabilities) this.show({ ...this.shown, capabilities });
  }

  private followViewports(): void {
    const displaySet = activeDisplaySet(this.services);
    for (const { view } of this.open.values()) void view.showInViewports();
    if (!displaySet) return;
    if (!displaySet.isReconstructable) {
      this.show({ ...this.shown, series: { kind: 'no-volume' } });
      return;
    }
    const isShownByCornerstone = viewportsOf(this.services, displaySet).length > 0;
    if (!isShownByCornerstone) return;
    const { runner } = this.openSeries(displaySet);
    if (this.activeRunner === runner) return;
    this.show({ ...this.shown, series: { kind: 'open', description: descriptionOf(displaySet), runner } });
    this.listStored();
  }

  private listStored(): void {
    const { activeRunner } = this;
    const active = [...this.open.values()].find(({ runner }) => runner === activeRunner);
    const stored = active ? storedSegmentationsOf(this.services, active.displaySet) : [];
    this.show({ ...this.shown, stored });
  }

  private openSeries(displaySet: DisplaySet): OpenSeries {
    const key = displaySet.displaySetInstanceUID;
    const present = this.open.get(key);
    if (present) return present;
    const view = new OhifLabelmapView(this.services, this.cornerstone, displaySet);
    const series = seriesOfDisplaySet(this.cornerstone, displaySet);
    const left = this.left.take(series);
    const runner = left ?? this.newRunner(series, view);
    const opened = { displaySet, view, runner };
    this.open.set(key, opened);
    this.endings.push(runner.subscribe(() => this.drawMarkers(displaySet)));
    if (left) void left.comeBack(view);
    else runner.open(this.keeper.take(series));
    return opened;
  }

  private runners(): readonly PromptSessionRunner[] {
    return [...[...this.open.values()].map(({ runner }) => runner), ...this.left.runners];
  }

  private newRunner(series: SeriesReference, view: LabelmapView): PromptSessionRunner {
    return new PromptSessionRunner(series, {
      api: this.api,
      view,
      studyBrowser: ohifStudyBrowser(this.services, this.extensionManager),
      newId: () => crypto.randomUUID(),
      nowMs: () => Date.now(),
      delay: waiting,
    });
  }

  private seriesOfViewport(viewportId: string): OpenSeries | undefined {
    const displaySet = displaySetOfViewport(this.services, viewportId);
    return displaySet && this.open.get(displaySet.displaySetInstanceUID);
  }

  /** The viewer makes a viewport the active one only after the prompt that a finger or the mouse left in it. */
  private seriesPrompted(viewportId: string): OpenSeries | undefined {
    const displaySet = displaySetOfViewport(this.services, viewportId);
    return displaySet?.isReconstructable ? this.openSeries(displaySet) : undefined;
  }

  private drawingIn(viewportId: string): DrawnKind | undefined {
    const drawing = this.seriesOfViewport(viewportId)?.runner.getSession().drawing;
    return drawing === 'point' ? undefined : drawing;
  }

  private markersIn(viewportId: string): readonly Marker[] {
    const session = this.seriesOfViewport(viewportId)?.runner.getSession();
    if (!session) return [];
    const { draft } = this;
    const drafts = draft?.viewportId === viewportId ? [draftMarker(draft.drawn, session.polarity)] : [];
    return [...markersOf(session), ...drafts];
  }

  private showDraft(draft: ViewportDrawing | undefined): void {
    const viewportId = draft?.viewportId ?? this.draft?.viewportId;
    this.draft = draft;
    if (viewportId) this.cornerstone.tools.utilities.triggerAnnotationRenderForViewportIds([viewportId]);
  }

  private drawMarkers(displaySet: DisplaySet): void {
    const viewportIds = viewportsOf(this.services, displaySet);
    this.cornerstone.tools.utilities.triggerAnnotationRenderForViewportIds([...viewportIds]);
  }

  private show(shown: Shown): void {
    this.shown = shown;
    for (const listener of this.listeners) listener();
  }
}

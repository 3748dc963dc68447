import type { Capabilities } from '@tomoclick/server/contract';
import { listenForPrompts, type ViewportDrawing } from './adapters/cornerstone/listenForPrompts.ts';
import { registerPromptTool } from './adapters/cornerstone/promptTool.ts';
import { httpSegmentationApi } from './adapters/http/httpSegmentationApi.ts';
import { OhifLabelmapView } from './adapters/ohif/ohifLabelmapView.ts';
import { ohifStudyBrowser } from './adapters/ohif/ohifStudyBrowser.ts';
import { takeOverHistory } from './adapters/ohif/takeOverHistory.ts';
import {
  activeDisplaySet,
  displaySetOfViewport,
  onViewportsChanged,
  viewportsOf,
} from './adapters/ohif/seriesInView.ts';
import { PromptSessionRunner } from './application/promptSessionRunner.ts';
import { middleOf, type DrawnKind } from './domain/drawnPrompt.ts';
import { draftMarker, markersOf, type Marker } from './domain/marker.ts';
import { promptKindsOf } from './domain/modelInUse.ts';
import { isPossible, type Drawing } from './domain/promptSession.ts';
import type { Cornerstone } from './ports/cornerstone.ts';
import type { CommandsManager, DisplaySet, ExtensionManager, Services, Subscription } from './ports/ohif.ts';
import type { SegmentationApi } from './ports/segmentationApi.ts';

const API_ROOT = '/api/v1';

interface OpenSeries {
  readonly displaySet: DisplaySet;
  readonly runner: PromptSessionRunner;
  readonly view: OhifLabelmapView;
}

/** What the panel shows. */
export interface Shown {
  readonly capabilities: Capabilities | null;
  readonly series: { readonly description: string; readonly runner: PromptSessionRunner } | null;
  /** A series is shown, but its slices do not form a volume. */
  readonly isUnsuitable: boolean;
}

const NOTHING: Shown = { capabilities: null, series: null, isUnsuitable: false };

/** The extension at work: news the adapters, and follows which series the reader looks at. */
export class Tomoclick {
  private readonly api: SegmentationApi = httpSegmentationApi(API_ROOT);
  private readonly open = new Map<string, OpenSeries>();
  private readonly listeners = new Set<() => void>();
  private endings: (() => void)[] = [];
  private shown: Shown = NOTHING;
  private draft: ViewportDrawing | undefined;

  constructor(
    private readonly services: Services,
    private readonly extensionManager: ExtensionManager,
    private readonly commandsManager: CommandsManager,
    private readonly cornerstone: Cornerstone,
  ) {
    registerPromptTool(
      cornerstone.tools,
      viewportId => this.markersIn(viewportId),
      viewportId => this.drawingIn(viewportId) !== undefined,
    );
  }

  readonly getShown = (): Shown => this.shown;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** The session of the series in the active viewport. */
  get activeRunner(): PromptSessionRunner | undefined {
    return this.shown.series?.runner;
  }

  enterMode(): void {
    const follow = (): void => this.followViewports();
    const subscriptions: Subscription[] = onViewportsChanged(this.services, follow);
    this.endings = subscriptions.map(subscription => () => subscription.unsubscribe());
    this.endings.push(
      listenForPrompts(this.cornerstone, {
        drawingIn: viewportId => this.drawingIn(viewportId),
        onClick: ({ viewportId, pointLps, polarity }) => {
          const series = this.seriesOfViewport(viewportId);
          if (!series) return;
          series.runner.click(pointLps, polarity);
          // The other planes follow, so that the result is seen in all of them.
          series.view.showPoint(pointLps, viewportId);
        },
        onRest: ({ viewportId, pointLps }) => this.seriesOfViewport(viewportId)?.runner.expectClick(pointLps),
        onDraft: draft => this.showDraft(draft),
        onDrawn: ({ viewportId, drawn }) => {
          const series = this.seriesOfViewport(viewportId);
          if (!series) return;
          series.runner.draw(drawn);
          const middle = middleOf(drawn);
          if (middle) series.view.showPoint(middle, viewportId);
        },
      }),
    );
    this.endings.push(takeOverHistory(this.commandsManager, step => this.takeStepIfPossible(step)));
    void this.readCapabilities();
  }

  exitMode(): void {
    for (const end of this.endings) end();
    this.endings = [];
    this.open.clear();
    this.show(NOTHING);
  }

  /** Where the model takes such prompts. */
  drawWith(drawing: Drawing): void {
    if (promptKindsOf(this.shown.capabilities).includes(drawing)) this.activeRunner?.setDrawing(drawing);
  }

  private takeStepIfPossible(step: 'undo' | 'redo'): boolean {
    const runner = this.activeRunner;
    if (!runner || !isPossible(runner.getSession(), step)) return false;
    runner.takeStep(step);
    return true;
  }

  private async readCapabilities(): Promise<void> {
    try {
      const capabilities = await this.api.capabilities();
      this.show({ ...this.shown, capabilities });
    } catch {
      // The panel then names no model; a server that is down shows at the first request of the session.
    }
  }

  private followViewports(): void {
    const displaySet = activeDisplaySet(this.services);
    for (const { view } of this.open.values()) void view.showInViewports();
    if (!displaySet) return;
    if (!displaySet.isReconstructable) {
      this.show({ ...this.shown, series: null, isUnsuitable: true });
      return;
    }
    const isShownByCornerstone = viewportsOf(this.services, displaySet).length > 0;
    if (!isShownByCornerstone) return;
    const { runner } = this.openSeries(displaySet);
    if (this.shown.series?.runner === runner) return;
    const description =
      displaySet.SeriesDescription || `${displaySet.Modality} series ${displaySet.SeriesNumber ?? ''}`;
    this.show({ ...this.shown, series: { description, runner }, isUnsuitable: false });
  }

  private openSeries(displaySet: DisplaySet): OpenSeries {
    const present = this.open.get(displaySet.displaySetInstanceUID);
    if (present) return present;
    const view = new OhifLabelmapView(this.services, this.cornerstone, displaySet);
    const series = {
      studyInstanceUID: displaySet.StudyInstanceUID,
      seriesInstanceUID: displaySet.SeriesInstanceUID,
    };
    const runner = new PromptSessionRunner(series, {
      api: this.api,
      view,
      studyBrowser: ohifStudyBrowser(this.extensionManager),
      newId: () => crypto.randomUUID(),
      nowMs: () => Date.now(),
      delay: ms => new Promise(resolve => setTimeout(resolve, ms)),
    });
    const opened = { displaySet, view, runner };
    this.open.set(displaySet.displaySetInstanceUID, opened);
    this.endings.push(runner.subscribe(() => this.drawMarkers(displaySet)));
    runner.open();
    return opened;
  }

  private seriesOfViewport(viewportId: string): OpenSeries | undefined {
    const displaySet = displaySetOfViewport(this.services, viewportId);
    return displaySet && this.open.get(displaySet.displaySetInstanceUID);
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

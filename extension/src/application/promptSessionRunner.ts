import type { IdentifiedPromptContract, SegmentationContract } from '@tomoclick/server/contract';
import type { ColourRgb } from '../domain/colours.ts';
import { failureOf, isTransient, RefusedByServer } from '../domain/failure.ts';
import {
  activeSegment,
  newSession,
  segmentOf,
  withAction,
  withActive,
  withDone,
  withFailure,
  withNewSegment,
  withoutSegment,
  withPolarity,
  withSegment,
  withSegmentation,
  withStart,
  withUpdate,
  withVersion,
  type Action,
  type Polarity,
  type PromptSession,
} from '../domain/promptSession.ts';
import { SegmentMasks } from '../domain/segmentMasks.ts';
import type { LabelmapView, PointLps, StudyBrowser } from '../ports/labelmapView.ts';
import type {
  SegmentationApi,
  SegmentChange,
  SegmentDescription,
  SeriesReference,
  Step,
} from '../ports/segmentationApi.ts';

/** Waits between attempts when the server gives no answer or is busy; after the last the reader decides. */
const RETRY_DELAYS_MS = [300, 1000, 3000];

/**
 * The answer to an earlier attempt got lost, or the segmentation was changed from another window: what the server
 * holds is then the truth.
 */
const STEP_WAS_TAKEN = new Set(['precondition-failed', 'edit-conflict', 'nothing-to-undo']);

export interface RunnerPorts {
  readonly api: SegmentationApi;
  readonly view: LabelmapView;
  readonly studyBrowser: StudyBrowser;
  readonly newId: () => string;
  readonly nowMs: () => number;
  readonly delay: (ms: number) => Promise<void>;
}

/** One series being segmented: takes what the reader asks for, in order, to the server and onto the screen. */
export class PromptSessionRunner {
  private session: PromptSession;
  private segmentationId: string | null = null;
  private readonly masks = new SegmentMasks();
  private readonly listeners = new Set<() => void>();
  private running = false;

  constructor(
    readonly series: SeriesReference,
    private readonly ports: RunnerPorts,
  ) {
    this.session = newSession(ports.newId());
  }

  readonly getSession = (): PromptSession => this.session;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Shows an empty labelmap, then what the server still holds of this series. */
  open(): void {
    this.enqueue({ kind: 'restore' });
    // Only a saving of time: what is wrong with the series comes up again at the first click.
    this.ports.api.warm(this.series).catch(() => undefined);
  }

  click(pointLps: PointLps, polarity: Polarity = this.session.polarity): void {
    this.enqueue({
      kind: 'prompt',
      segmentKey: this.session.activeKey,
      promptId: this.ports.newId(),
      prompt: { kind: 'point', pointLps: [...pointLps], polarity },
    });
  }

  takeStep(step: Step): void {
    this.enqueue({ kind: step, segmentKey: this.session.activeKey });
  }

  save(): void {
    this.enqueue({ kind: 'save' });
  }

  addSegment(): void {
    this.become(withNewSegment(this.session, this.ports.newId()));
  }

  activate(segmentKey: string): void {
    if (segmentKey === this.session.activeKey) return;
    this.become(withActive(this.session, segmentKey));
    this.showSegments();
    this.showWhereActiveIs();
  }

  setPolarity(polarity: Polarity): void {
    this.become(withPolarity(this.session, polarity));
  }

  changeSegment(segmentKey: string, change: { readonly label?: string; readonly colour?: ColourRgb }): void {
    const segment = segmentOf(this.session, segmentKey);
    if (!segment) return;
    const { label, colour } = { ...segment, ...change };
    this.become(withSegment(this.session, segmentKey, { label, colour }));
    this.showSegments();
    if (segment.segmentNumber !== null) this.enqueue({ kind: 'change', segmentKey, label, colour });
  }

  removeSegment(segmentKey: string): void {
    const isKnownToServer =
      segmentOf(this.session, segmentKey)?.segmentNumber !== null ||
      this.session.queue.some(action => action.kind === 'prompt' && action.segmentKey === segmentKey);
    if (isKnownToServer) this.enqueue({ kind: 'remove', segmentKey });
    else this.become(withoutSegment(this.session, segmentKey, this.ports.newId()));
  }

  /** Tries the failed action again, and then those behind it. */
  retry(): void {
    if (this.session.failure) void this.run();
  }

  /** Gives up the failed action and goes on with those behind it. */
  dismiss(): void {
    if (!this.session.failure) return;
    this.become(withDone(this.session));
    void this.run();
  }

  private enqueue(action: Action): void {
    this.become(withAction(this.session, action));
    if (!this.session.failure) void this.run();
  }

  private async run(): Promise<void> {
    if (this.running) return;
    this.running = true;
    try {
      for (let action = this.session.queue[0]; action; action = this.session.queue[0]) {
        this.become(withStart(this.session, this.ports.nowMs()));
        await this.carryOutWithRetries(action);
        this.become(withDone(this.session));
      }
    } catch (error) {
      this.become(withFailure(this.session, failureOf(error)));
    } finally {
      this.running = false;
    }
  }

  private async carryOutWithRetries(action: Action): Promise<void> {
    for (const delayMs of RETRY_DELAYS_MS) {
      try {
        return await this.carryOut(action);
      } catch (error) {
        if (!isTransient(error)) throw error;
        await this.ports.delay(delayMs);
      }
    }
    return this.carryOut(action);
  }

  private async carryOut(action: Action): Promise<void> {
    switch (action.kind) {
      case 'restore':
        await this.ports.view.open();
        return this.restore(await this.ports.api.find(this.series));
      case 'save':
        return this.store();
      case 'prompt':
        return this.prompt(action.segmentKey, { promptId: action.promptId, prompt: action.prompt });
      case 'undo':
      case 'redo':
      case 'clear':
        return this.step(action.segmentKey, action.kind);
      case 'remove':
        return this.remove(action.segmentKey);
      case 'change':
        return this.change(action.segmentKey, { label: action.label, colour: action.colour });
    }
  }

  private async restore(segmentation: SegmentationContract | null): Promise<void> {
    if (!segmentation) return;
    const hasVoxels = segmentation.segments.some(segment => segment.voxelCount > 0);
    const found = hasVoxels ? await this.ports.api.readMasks(segmentation.id) : [];
    this.segmentationId = segmentation.id;
    this.become(withSegmentation(this.session, segmentation, this.ports.newId));
    this.showSegments();
    const touched = new Set(this.masks.clear());
    for (const segment of segmentation.segments) {
      const mask = found.find(candidate => candidate.trackingUID === segment.trackingUID);
      if (!mask) continue;
      for (const key of this.masks.replaceSlices(segment.segmentNumber, mask.slices)) touched.add(key);
    }
    this.ports.view.paint(touched, this.masks);
    this.showWhereActiveIs();
  }

  private async prompt(segmentKey: string, prompt: IdentifiedPromptContract): Promise<void> {
    const { id, segmentNumber } = await this.ensureSegment(segmentKey);
    const change = await this.ports.api.addPrompt(id, segmentNumber, prompt);
    const before = segmentOf(this.session, segmentKey)?.prompts ?? [];
    const prompts = before.some(known => known.promptId === prompt.promptId) ? before : [...before, prompt];
    this.show(segmentKey, change, prompts);
  }

  private async step(segmentKey: string, step: Step): Promise<void> {
    const [id, segmentNumber] = this.numbersOf(segmentKey);
    try {
      const change = await this.ports.api.takeStep(id, segmentNumber, step, this.session.version ?? 0);
      const segmentation = await this.ports.api.read(id);
      const own = segmentation.segments.find(segment => segment.segmentNumber === segmentNumber);
      this.show(segmentKey, change, own?.prompts ?? []);
    } catch (error) {
      if (!(error instanceof RefusedByServer && STEP_WAS_TAKEN.has(error.code))) throw error;
      await this.restore(await this.ports.api.read(id));
    }
  }

  private async change(segmentKey: string, segment: SegmentDescription): Promise<void> {
    const { version } = await this.ports.api.changeSegment(...this.numbersOf(segmentKey), segment);
    this.become(withVersion(this.session, version));
  }

  private async remove(segmentKey: string): Promise<void> {
    const segmentNumber = segmentOf(this.session, segmentKey)?.segmentNumber;
    if (typeof segmentNumber === 'number' && this.segmentationId !== null) {
      const { version } = await this.ports.api.removeSegment(this.segmentationId, segmentNumber);
      this.become(withVersion(this.session, version));
      this.ports.view.paint(this.masks.remove(segmentNumber), this.masks);
    }
    this.become(withoutSegment(this.session, segmentKey, this.ports.newId()));
    this.showSegments();
  }

  private async store(): Promise<void> {
    const id = this.segmentationId;
    if (id === null) throw new Error('There is nothing to save yet: click a structure first.');
    const segmentation = await this.ports.api.store(id);
    this.become(withSegmentation(this.session, segmentation, this.ports.newId));
    const stored = segmentation.stored.at(-1);
    if (!stored) return;
    await this.ports.studyBrowser.showNewSeries(this.series.studyInstanceUID, stored.seriesInstanceUID);
  }

  private show(
    segmentKey: string,
    change: SegmentChange,
    prompts: readonly IdentifiedPromptContract[],
  ): void {
    this.become(withUpdate(this.session, segmentKey, change.update, prompts));
    const touched = this.masks.replaceSlices(change.update.segment.segmentNumber, change.slices);
    this.ports.view.paint(touched, this.masks);
  }

  /** The segmentation, and the segment in it, come to be at the server with the first prompt. */
  private async ensureSegment(segmentKey: string): Promise<{ id: string; segmentNumber: number }> {
    const id = (this.segmentationId ??= (await this.ports.api.create(this.series)).id);
    const segment = segmentOf(this.session, segmentKey);
    if (!segment) throw new Error('The segment was removed.');
    if (segment.segmentNumber !== null) return { id, segmentNumber: segment.segmentNumber };
    const { label, colour } = segment;
    const { version, segments } = await this.ports.api.addSegment(id, { label, colour });
    const { segmentNumber } = segments.at(-1)!;
    this.become(withVersion(withSegment(this.session, segmentKey, { segmentNumber }), version));
    this.showSegments();
    return { id, segmentNumber };
  }

  private numbersOf(segmentKey: string): [id: string, segmentNumber: number] {
    const segmentNumber = segmentOf(this.session, segmentKey)?.segmentNumber;
    if (this.segmentationId === null || typeof segmentNumber !== 'number') {
      throw new Error('This segment is empty: click a structure first.');
    }
    return [this.segmentationId, segmentNumber];
  }

  private showSegments(): void {
    const shown = this.session.segments.flatMap(({ segmentNumber, label, colour }) =>
      segmentNumber === null ? [] : [{ segmentNumber, label, colour }],
    );
    this.ports.view.showSegments(shown, activeSegment(this.session).segmentNumber);
  }

  /** Where the reader last pointed inside the active segment. */
  private showWhereActiveIs(): void {
    const inside = activeSegment(this.session).prompts.filter(({ prompt }) => prompt.polarity === 'include');
    const last = inside.at(-1);
    if (last) this.ports.view.showPoint(last.prompt.pointLps);
  }

  private become(session: PromptSession): void {
    this.session = session;
    for (const listener of this.listeners) listener();
  }
}

import type { IdentifiedPromptContract } from '@tomoclick/server/contract';
import { ChangedMeanwhile, isProblem, isRefusal, NotPossible, RefusedByServer } from '../domain/failure.ts';
import {
  segmentOf,
  withMissingSize,
  withoutSegment,
  withSegment,
  withVersion,
} from '../domain/promptSession.ts';
import { wasStepTaken } from '../domain/stepTaken.ts';
import type { LabelmapView } from '../ports/labelmapView.ts';
import type { SegmentationApi, SegmentDescription, Step } from '../ports/segmentationApi.ts';
import { SegmentAdding } from './segmentAdding.ts';
import type { SessionState } from './sessionState.ts';
import type { ShownSession } from './shownSession.ts';
import { showSegments } from './showSession.ts';

/** The segmentation is not what the step was asked of: what the server holds is then the truth. */
const STEP_WAS_REFUSED = new Set(['precondition-failed', 'edit-conflict', 'nothing-to-undo']);

export const SEGMENT_IS_GONE =
  'The segment was removed: what you do next is done to the one that is chosen now.';

interface SegmentPorts {
  readonly api: SegmentationApi;
  readonly view: LabelmapView;
  readonly newId: () => string;
}

/** What is asked of one segment, taken to the server and onto the screen. */
export class SegmentActions {
  private readonly adding: SegmentAdding;
  /** At which a step was asked for whose answer, or what became of it, never reached the reader. */
  private versionInDoubt: number | null = null;

  constructor(
    private readonly state: SessionState,
    private readonly shown: ShownSession,
    private readonly ports: SegmentPorts,
  ) {
    this.adding = new SegmentAdding(ports.api);
  }

  /** The segmentation that all was asked of is gone. */
  forget(): void {
    this.versionInDoubt = null;
    this.adding.forget();
  }

  /** @param segmentationId which the segment comes to be in, where it is not yet */
  async prompt(
    segmentationId: string,
    segmentKey: string,
    identified: IdentifiedPromptContract,
  ): Promise<void> {
    const segmentNumber = await this.ensure(segmentationId, segmentKey);
    const { isAdaptive } = this.state.session;
    const change = await this.ports.api.addPrompt(segmentationId, segmentNumber, identified, isAdaptive);
    this.shown.hear(change.update.version);
    const { promptId, prompt } = identified;
    const before = segmentOf(this.state.session, segmentKey)?.prompts ?? [];
    const prompts = before.some(known => known.promptId === promptId) ? before : [...before, identified];
    this.shown.show(segmentKey, change, prompts);
    if (prompt.kind === 'size' && change.slices.size === 0) {
      this.state.become(withMissingSize(this.state.session, segmentKey, prompt.wish));
    }
  }

  async step(segmentKey: string, step: Step): Promise<void> {
    const [id, segmentNumber] = this.numbersOf(segmentKey);
    const version = this.state.session.version ?? 0;
    const before = segmentOf(this.state.session, segmentKey)!;
    try {
      const change = await this.ports.api.takeStep(id, segmentNumber, step, version);
      const segmentation = await this.ports.api.read(id);
      const own = segmentation.segments.find(segment => segment.segmentNumber === segmentNumber);
      this.shown.show(segmentKey, change, own?.prompts ?? []);
    } catch (error) {
      if (!(error instanceof RefusedByServer && STEP_WAS_REFUSED.has(error.code))) {
        if (!isRefusal(error)) this.versionInDoubt = version;
        throw error;
      }
      const segmentation = await this.ports.api.read(id);
      const isTaken = this.versionInDoubt === version && wasStepTaken(before, version, segmentation);
      await this.shown.restore(segmentation);
      // Whoever presses quickly asks for more steps than there are.
      if (!isTaken && error.code !== 'nothing-to-undo') throw new ChangedMeanwhile();
    }
  }

  async change(segmentKey: string, segment: SegmentDescription): Promise<void> {
    // Its first prompt was given up: the next one takes the name along.
    if (segmentOf(this.state.session, segmentKey)?.segmentNumber === null) return;
    const { version } = await this.ports.api.changeSegment(...this.numbersOf(segmentKey), segment);
    this.shown.hear(version);
    this.state.become(withVersion(this.state.session, version));
  }

  async remove(segmentKey: string): Promise<void> {
    const { segmentationId } = this.state.session;
    const segmentNumber = segmentOf(this.state.session, segmentKey)?.segmentNumber;
    if (typeof segmentNumber === 'number' && segmentationId !== null) {
      await this.removeAtServer(segmentationId, segmentNumber);
      this.shown.remove(segmentNumber);
    }
    this.state.become(withoutSegment(this.state.session, segmentKey, this.ports.newId()));
    showSegments(this.ports.view, this.state.session);
  }

  /** What was removed already, from another window or by a request whose answer got lost, is what was asked for. */
  private async removeAtServer(id: string, segmentNumber: number): Promise<void> {
    try {
      const { version } = await this.ports.api.removeSegment(id, segmentNumber);
      this.shown.hear(version);
      this.state.become(withVersion(this.state.session, version));
    } catch (error) {
      if (!isProblem(error, 'segment-not-found')) throw error;
      this.shown.hasMissed = true;
    }
  }

  /** A segment comes to be at the server with its first prompt. @returns its number */
  private async ensure(segmentationId: string, segmentKey: string): Promise<number> {
    const segment = segmentOf(this.state.session, segmentKey);
    if (!segment) throw new NotPossible(SEGMENT_IS_GONE);
    if (segment.segmentNumber !== null) return segment.segmentNumber;
    const { label, colour } = segment;
    const known = this.state.session.segments.map(each => each.segmentNumber);
    const added = await this.adding.add(segmentationId, { label, colour }, known);
    const { version, segmentNumber } = added;
    this.shown.hear(version);
    this.state.become(withVersion(withSegment(this.state.session, segmentKey, { segmentNumber }), version));
    showSegments(this.ports.view, this.state.session);
    return segmentNumber;
  }

  private numbersOf(segmentKey: string): [id: string, segmentNumber: number] {
    const { segmentationId } = this.state.session;
    const segmentNumber = segmentOf(this.state.session, segmentKey)?.segmentNumber;
    if (segmentationId === null || typeof segmentNumber !== 'number') {
      throw new NotPossible('This segment is empty: click a structure first.');
    }
    return [segmentationId, segmentNumber];
  }
}

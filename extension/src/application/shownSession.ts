import type { IdentifiedPromptContract, SegmentationContract } from '@tomoclick/server/contract';
import { CHANGED_ELSEWHERE, withNotice } from '../domain/notice.ts';
import { withUpdate, type PromptSession } from '../domain/promptSession.ts';
import { SegmentMasks } from '../domain/segmentMasks.ts';
import { withDeleted, withOpened, withSegmentation, withShown } from '../domain/shownSegmentation.ts';
import type { LabelmapView } from '../ports/labelmapView.ts';
import type { SegmentationApi, SegmentChange } from '../ports/segmentationApi.ts';
import type { SessionState } from './sessionState.ts';
import { replaceMasks, showSegments, showWhereActiveIs } from './showSession.ts';

/** Keeps session, masks and screen the same as what the server has answered. */
export class ShownSession {
  private readonly masks = new SegmentMasks();
  /** Another window has changed the segmentation: replies tell what one request did, not what others did before it. */
  hasMissed = false;

  constructor(
    private readonly state: SessionState,
    private readonly ports: {
      readonly api: Pick<SegmentationApi, 'read' | 'readMasks'>;
      readonly view: LabelmapView;
      readonly newId: () => string;
    },
  ) {}

  /** @param version of the segmentation, as the reply to a change says that adds one to it */
  hear(version: number): void {
    const { version: known } = this.state.session;
    if (known === null || version === known || version === known + 1) return;
    this.hasMissed = true;
    this.state.become(withNotice(this.state.session, CHANGED_ELSEWHERE));
  }

  async readAgain(segmentationId: string): Promise<void> {
    await this.restore(await this.ports.api.read(segmentationId));
  }

  async restore(segmentation: SegmentationContract | null): Promise<void> {
    if (!segmentation) return;
    await this.showAll(segmentation, () =>
      withSegmentation(this.state.session, segmentation, this.ports.newId),
    );
  }

  async replace(segmentation: SegmentationContract): Promise<void> {
    await this.showAll(segmentation, () => withShown(this.state.session, segmentation, this.ports.newId));
  }

  /** @param become the session that has the segmentation, once its masks are there */
  private async showAll(segmentation: SegmentationContract, become: () => PromptSession): Promise<void> {
    const hasVoxels = segmentation.segments.some(segment => segment.voxelCount > 0);
    const found = hasVoxels ? await this.ports.api.readMasks(segmentation.id) : [];
    const isSeen = this.state.session.segmentationId === segmentation.id;
    this.state.become(become());
    this.hasMissed = false;
    showSegments(this.ports.view, this.state.session);
    this.ports.view.paint(replaceMasks(this.masks, segmentation, found), this.masks);
    // Who works on it looks at the slice that they want to see, and may be about to click in it.
    if (!isSeen) showWhereActiveIs(this.ports.view, this.state.session);
  }

  /** What cannot be painted is not taken for seen: an undo that is tried again must not undo one step more. */
  show(segmentKey: string, change: SegmentChange, prompts: readonly IdentifiedPromptContract[]): void {
    const touched = this.masks.replaceSlices(change.update.segment.segmentNumber, change.slices);
    this.ports.view.paint(touched, this.masks);
    this.state.become(withUpdate(this.state.session, segmentKey, change.update, prompts));
  }

  /** All that is known, in a view that shows nothing of it yet. */
  showAgain(): void {
    showSegments(this.ports.view, this.state.session);
    this.ports.view.paint(this.masks.filledSlices(), this.masks);
    showWhereActiveIs(this.ports.view, this.state.session);
  }

  remove(segmentNumber: number): void {
    this.ports.view.paint(this.masks.remove(segmentNumber), this.masks);
  }

  /** The server holds nothing of it any more. */
  forget(): void {
    this.state.become(withDeleted(this.state.session));
    this.hasMissed = false;
    showSegments(this.ports.view, this.state.session);
    this.ports.view.paint(this.masks.clear(), this.masks);
  }

  async replaceByOpened(segmentation: SegmentationContract): Promise<void> {
    await this.showAll(segmentation, () => withOpened(this.state.session, segmentation, this.ports.newId));
  }
}

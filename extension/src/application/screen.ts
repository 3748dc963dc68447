import type { PointLps } from '../domain/pointLps.ts';
import type { SegmentMasks } from '../domain/segmentMasks.ts';
import type { SliceKey } from '../domain/sliceKey.ts';
import type { LabelmapView, ShownSegment } from '../ports/labelmapView.ts';

/** Where a session is shown; nowhere while the reader has left it. */
export class Screen implements LabelmapView {
  constructor(private view: LabelmapView | null) {}

  become(view: LabelmapView | null): void {
    this.view = view;
  }

  async open(): Promise<void> {
    await this.view?.open();
  }

  showSegments(segments: readonly ShownSegment[], activeSegmentNumber: number | null): void {
    this.view?.showSegments(segments, activeSegmentNumber);
  }

  paint(slices: ReadonlySet<SliceKey>, masks: SegmentMasks): void {
    this.view?.paint(slices, masks);
  }

  showPoint(pointLps: PointLps): void {
    this.view?.showPoint(pointLps);
  }
}

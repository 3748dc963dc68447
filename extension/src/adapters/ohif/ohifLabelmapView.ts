import type { ColourRgb } from '../../domain/colours.ts';
import { LabelIndices } from '../../domain/labelIndices.ts';
import type { PointLps } from '../../domain/pointLps.ts';
import type { SegmentMasks } from '../../domain/segmentMasks.ts';
import type { SliceKey } from '../../domain/sliceKey.ts';
import type { Cornerstone } from '../../ports/cornerstone.ts';
import type { LabelmapView, ShownSegment } from '../../ports/labelmapView.ts';
import type { DisplaySet, Services } from '../../ports/ohif.ts';
import { LabelmapWriter } from '../cornerstone/labelmapWriter.ts';
import { toShown } from '../cornerstone/shownPlaces.ts';
import { cornerstoneViewportsOf, displaySetOfViewport, viewportsOf } from './seriesInView.ts';

type Rgba = readonly [number, number, number, number];

/** A labelmap of OHIF's segmentation service over one volume, shown while the volume is. */
export class OhifLabelmapView implements LabelmapView {
  private readonly segmentationId: string;
  private readonly indices = new LabelIndices();
  private readonly writer: LabelmapWriter;
  private segments: readonly ShownSegment[] = [];
  private isOpen = false;
  private showing = Promise.resolve();

  constructor(
    private readonly services: Services,
    private readonly cornerstone: Cornerstone,
    private readonly displaySet: DisplaySet,
  ) {
    this.segmentationId = `tomoclick-${displaySet.displaySetInstanceUID}`;
    this.writer = new LabelmapWriter(cornerstone, this.segmentationId, this.indices);
  }

  async open(): Promise<void> {
    const { segmentationService } = this.services;
    if (!segmentationService.getSegmentation(this.segmentationId)) {
      await segmentationService.createLabelmapForDisplaySet(this.displaySet, {
        segmentationId: this.segmentationId,
        label: 'Tomoclick',
        segments: { 1: { label: 'Segment 1', active: true } },
      });
    }
    this.isOpen = true;
    await this.showInViewports();
  }

  /** Viewports come and go: shows the labelmap where the volume is, and only there, one call after the other. */
  showInViewports(): Promise<void> {
    const shown = this.showing.then(() => this.showWhereVolumeIs());
    // A viewport that closes meanwhile fails this call, and none of those behind it.
    this.showing = shown.catch(() => undefined);
    return shown;
  }

  private async showWhereVolumeIs(): Promise<void> {
    if (!this.isOpen) return;
    const { segmentationService } = this.services;
    const { segmentationId } = this;
    for (const viewportId of cornerstoneViewportsOf(this.services)) {
      const shown = displaySetOfViewport(this.services, viewportId);
      const isMeant = shown?.displaySetInstanceUID === this.displaySet.displaySetInstanceUID;
      const isPresent =
        segmentationService.getSegmentationRepresentations(viewportId, { segmentationId }).length > 0;
      if (!shown || isMeant === isPresent) continue;
      // The viewer lays it over all that shares the Frame of Reference: other phases and series, too.
      if (isPresent) segmentationService.removeRepresentationsFromViewport(viewportId, { segmentationId });
      else await segmentationService.addSegmentationRepresentation(viewportId, { segmentationId });
    }
    this.colourSegments();
  }

  showSegments(segments: readonly ShownSegment[], activeSegmentNumber: number | null): void {
    const { segmentationService } = this.services;
    const gone = this.segments.filter(
      ({ segmentNumber }) => !segments.some(segment => segment.segmentNumber === segmentNumber),
    );
    for (const { segmentNumber } of gone) {
      const index = this.indices.of(segmentNumber);
      segmentationService.removeSegment(this.segmentationId, index, { skipRecordingHistory: true });
      this.indices.forget(segmentNumber);
    }
    for (const { segmentNumber, label, colour } of segments) {
      const segmentIndex = this.indices.of(segmentNumber);
      const known = segmentationService.getSegmentation(this.segmentationId)?.segments[segmentIndex];
      if (known) segmentationService.setSegmentLabel(this.segmentationId, segmentIndex, label);
      else {
        const color = rgbaOf(colour);
        segmentationService.addSegment(this.segmentationId, { segmentIndex, label, color });
      }
    }
    this.segments = segments;
    this.colourSegments();
    if (activeSegmentNumber !== null) {
      segmentationService.setActiveSegment(this.segmentationId, this.indices.of(activeSegmentNumber));
    }
  }

  paint(slices: ReadonlySet<SliceKey>, masks: SegmentMasks): void {
    const written = this.writer.paint(slices, masks);
    if (written < slices.size) {
      throw new Error(
        `${slices.size - written} of ${slices.size} changed slices are not among the images shown. ` +
          'Reload the study; if it stays so, the series in the archive differs from the one shown.',
      );
    }
  }

  /** @param exceptViewportId where the position is in view already, since it was clicked there */
  showPoint(pointLps: PointLps, exceptViewportId?: string): void {
    for (const viewportId of viewportsOf(this.services, this.displaySet)) {
      if (viewportId === exceptViewportId) continue;
      const viewport = this.services.cornerstoneViewportService.getCornerstoneViewport(viewportId);
      if (!viewport) continue;
      viewport.jumpToWorld?.([...toShown(this.cornerstone, viewport, pointLps)]);
      viewport.render();
    }
  }

  private colourSegments(): void {
    const { segmentationService } = this.services;
    const { segmentationId } = this;
    for (const viewportId of viewportsOf(this.services, this.displaySet)) {
      const present = segmentationService.getSegmentationRepresentations(viewportId, { segmentationId });
      if (present.length === 0) continue;
      for (const { segmentNumber, colour } of this.segments) {
        const index = this.indices.of(segmentNumber);
        const shown = segmentationService.getSegmentColor(viewportId, segmentationId, index);
        const wanted = rgbaOf(colour);
        if (wanted.every((value, channel) => value === shown[channel])) continue;
        segmentationService.setSegmentColor(viewportId, segmentationId, index, wanted);
      }
    }
  }
}

function rgbaOf(colour: ColourRgb): Rgba {
  return [...colour, 255];
}

import type { ColourRgb } from '../../domain/colours.ts';
import type { PointLps } from '../../domain/pointLps.ts';
import type { SegmentMasks } from '../../domain/segmentMasks.ts';
import type { SliceKey } from '../../domain/sliceKey.ts';
import type { Cornerstone } from '../../ports/cornerstone.ts';
import type { LabelmapView, ShownSegment } from '../../ports/labelmapView.ts';
import type { Services } from '../../ports/ohif.ts';
import { LabelmapWriter } from '../cornerstone/labelmapWriter.ts';
import { viewportsOf } from './seriesInView.ts';
import { volumeInView, volumeKeyOf, type DisplayedVolume } from './volumeInView.ts';

type Rgba = readonly [number, number, number, number];

/** A labelmap of OHIF's segmentation service over one volume, shown while the volume is. */
export class OhifLabelmapView implements LabelmapView {
  private readonly segmentationId: string;
  private readonly writer: LabelmapWriter;
  private segments: readonly ShownSegment[] = [];
  private isOpen = false;
  private showing = Promise.resolve();

  constructor(
    private readonly services: Services,
    private readonly cornerstone: Cornerstone,
    private readonly volume: DisplayedVolume,
  ) {
    this.segmentationId = `tomoclick-${volumeKeyOf(volume)}`;
    this.writer = new LabelmapWriter(cornerstone, this.segmentationId);
  }

  async open(): Promise<void> {
    const { segmentationService } = this.services;
    if (!segmentationService.getSegmentation(this.segmentationId)) {
      const { displaySet, timePoint } = this.volume;
      // Of its own, the viewer takes the images of the time point in the middle.
      const images = timePoint
        ? { ...displaySet, isDynamicVolume: false, imageIds: timePoint.imageIds }
        : displaySet;
      await segmentationService.createLabelmapForDisplaySet(images, {
        segmentationId: this.segmentationId,
        label: timePoint ? `Tomoclick, time point ${timePoint.number}` : 'Tomoclick',
        segments: { 1: { label: 'Segment 1', active: true } },
      });
    }
    this.isOpen = true;
    await this.showInViewports();
  }

  /** Viewports come and go, and time points: shows the labelmap where the volume is, one call after the other. */
  showInViewports(): Promise<void> {
    this.showing = this.showing.then(() => this.showWhereVolumeIs());
    return this.showing;
  }

  private async showWhereVolumeIs(): Promise<void> {
    if (!this.isOpen) return;
    const { segmentationService } = this.services;
    const { segmentationId } = this;
    for (const viewportId of viewportsOf(this.services, this.volume.displaySet)) {
      const isPresent =
        segmentationService.getSegmentationRepresentations(viewportId, { segmentationId }).length > 0;
      if (this.isInView === isPresent) continue;
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
      segmentationService.removeSegment(this.segmentationId, segmentNumber, { skipRecordingHistory: true });
    }
    for (const { segmentNumber, label, colour } of segments) {
      const known = segmentationService.getSegmentation(this.segmentationId)?.segments[segmentNumber];
      if (known) segmentationService.setSegmentLabel(this.segmentationId, segmentNumber, label);
      else {
        const color = rgbaOf(colour);
        segmentationService.addSegment(this.segmentationId, { segmentIndex: segmentNumber, label, color });
      }
    }
    this.segments = segments;
    this.colourSegments();
    if (activeSegmentNumber !== null) {
      segmentationService.setActiveSegment(this.segmentationId, activeSegmentNumber);
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
    if (!this.isInView) return;
    for (const viewportId of viewportsOf(this.services, this.volume.displaySet)) {
      if (viewportId === exceptViewportId) continue;
      const viewport = this.services.cornerstoneViewportService.getCornerstoneViewport(viewportId);
      viewport?.jumpToWorld?.([...pointLps]);
      viewport?.render();
    }
  }

  private get isInView(): boolean {
    const shown = volumeInView(this.services, this.cornerstone, this.volume.displaySet);
    return volumeKeyOf(shown) === volumeKeyOf(this.volume);
  }

  private colourSegments(): void {
    const { segmentationService } = this.services;
    const { segmentationId } = this;
    for (const viewportId of viewportsOf(this.services, this.volume.displaySet)) {
      const present = segmentationService.getSegmentationRepresentations(viewportId, { segmentationId });
      if (present.length === 0) continue;
      for (const { segmentNumber, colour } of this.segments) {
        const shown = segmentationService.getSegmentColor(viewportId, segmentationId, segmentNumber);
        const wanted = rgbaOf(colour);
        if (wanted.every((value, channel) => value === shown[channel])) continue;
        segmentationService.setSegmentColor(viewportId, segmentationId, segmentNumber, wanted);
      }
    }
  }
}

function rgbaOf(colour: ColourRgb): Rgba {
  return [...colour, 255];
}

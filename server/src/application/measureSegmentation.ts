import { setImmediate as nextTurn } from 'node:timers/promises';
import { measureSegment, type SegmentMeasurements } from '../domain/segmentMeasurements.ts';
import type { Segment, Segmentation } from '../domain/segmentation.ts';
import type { Volume } from '../domain/volume.ts';
import { filledSegments } from './filledSegments.ts';
import { inTurns } from './inTurns.ts';
import { addTimings, timed, type Timings } from './timings.ts';
import type { Workspace } from './workspace.ts';

export interface MeasuredSegment {
  readonly segment: Segment;
  readonly measurements: SegmentMeasurements;
}

export interface MeasuredSegmentation {
  readonly segmentation: Segmentation;
  readonly volume: Volume;
  readonly segments: readonly MeasuredSegment[];
  readonly timings: Timings;
}

/**
 * Measures the segments that are not empty on the series they were drawn on.
 * @throws Problem segmentation-not-found, series-changed, and those of the archive
 */
export async function measureSegmentation(
  id: string,
  workspace: Pick<Workspace, 'store' | 'loadVolume'>,
  signal: AbortSignal,
): Promise<MeasuredSegmentation> {
  const segmentation = await workspace.store.load(id);
  const { volume, timings } = await workspace.loadVolume(segmentation.series, signal);
  const measured = await timed('measure', () => measureSegments(segmentation, volume, signal));
  return {
    ...{ segmentation, volume, segments: measured.result },
    timings: addTimings(timings, measured.timings),
  };
}

/** In turns: a body has a hundred segments, or is one, and who clicks meanwhile is not to wait. @throws Problem cancelled */
export async function measureSegments(
  segmentation: Segmentation,
  volume: Volume,
  signal: AbortSignal,
): Promise<readonly MeasuredSegment[]> {
  const measured: MeasuredSegment[] = [];
  for (const { segment, mask } of filledSegments(segmentation, volume)) {
    // The mask, which has just been made, was a turn.
    await nextTurn();
    const measurements = await inTurns(measureSegment(mask, volume), signal);
    if (measurements) measured.push({ segment, measurements });
  }
  return measured;
}

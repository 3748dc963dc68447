import type { Segmentation } from '../domain/segmentation.ts';
import type { SegmentationWish } from '../domain/segmentationFormat.ts';
import { encodeSegmentation } from './encodeSegmentationObject.ts';
import { addTimings, timed, type Timings } from './timings.ts';
import type { Workspace } from './workspace.ts';

/**
 * The segmentation as the SEG that a save would store.
 * @throws Problem segmentation-not-found, empty-segmentation, segments-overlap, invalid-request, and those of the archive
 */
export async function readSegmentationObject(
  id: string,
  wish: SegmentationWish,
  workspace: Pick<
    Workspace,
    'store' | 'zoo' | 'loadVolume' | 'segmentationEncoder' | 'segmentationFormat' | 'newUid'
  >,
  signal: AbortSignal,
): Promise<{ readonly segmentation: Segmentation; readonly part10: Uint8Array; readonly timings: Timings }> {
  const segmentation = await workspace.store.load(id);
  const model = workspace.zoo.get(segmentation.modelId);
  const { volume, timings } = await workspace.loadVolume(segmentation.series, signal);
  const encoded = await timed('seg', () =>
    encodeSegmentation(segmentation, volume, model, { ...workspace, wish }),
  );
  return {
    segmentation,
    part10: encoded.result.part10,
    timings: addTimings(timings, encoded.timings),
  };
}

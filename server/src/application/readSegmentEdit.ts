import { encodeSegmentEdit } from './encodeSegmentationObject.ts';
import type { SegmentEdit } from './editSegment.ts';
import { addTimings, timed, type Timings } from './timings.ts';
import type { Workspace } from './workspace.ts';

/** An edit that changed something as a SEG of the changed slices. @throws Problem those of the archive */
export async function readSegmentEdit(
  edit: SegmentEdit,
  workspace: Pick<Workspace, 'zoo' | 'loadVolume' | 'segmentationEncoder' | 'newUid'>,
  signal: AbortSignal,
): Promise<{ readonly part10: Uint8Array; readonly timings: Timings }> {
  const model = workspace.zoo.get(edit.segmentation.modelId);
  const { volume, timings } = await workspace.loadVolume(edit.segmentation.series, signal);
  const encoded = await timed('seg', () => encodeSegmentEdit(edit, volume, model, workspace));
  return { part10: encoded.result, timings: addTimings(edit.timings, timings, encoded.timings) };
}

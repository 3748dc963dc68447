import type { SegmentationContract } from '@tomoclick/server/contract';
import type { SegmentState } from './promptSession.ts';

/**
 * Whether a step that got no answer was taken after all: the server is one version further, and the segment is no
 * longer what it was. What another window did to other segments is no such step.
 * @param before the segment, and the version of the segmentation, that the step was asked of
 */
export function wasStepTaken(
  before: SegmentState,
  version: number,
  { version: versionNow, segments }: SegmentationContract,
): boolean {
  const now = segments.find(({ segmentNumber }) => segmentNumber === before.segmentNumber);
  if (!now || versionNow !== version + 1) return false;
  const idsOf = ({ prompts }: Pick<SegmentState, 'prompts'>): string =>
    prompts.map(({ promptId }) => promptId).join(' ');
  return idsOf(now) !== idsOf(before) || now.volumeMl !== before.volumeMl;
}

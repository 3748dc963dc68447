import { segmentOf } from '../domain/segmentState.ts';
import type { ColourRgb, Segmentation } from '../domain/segmentation.ts';
import { editSegmentation, requireVersion } from './editSegmentation.ts';
import type { Workspace } from './workspace.ts';

/** @throws Problem segmentation-not-found, segment-not-found, precondition-failed */
export async function changeSegment(
  request: {
    readonly id: string;
    readonly segmentNumber: number;
    readonly version: number | undefined;
    readonly label?: string | undefined;
    readonly colour?: ColourRgb | undefined;
  },
  workspace: Pick<Workspace, 'store' | 'mutex'>,
): Promise<Segmentation> {
  const { after } = await editSegmentation(request.id, workspace, segmentation => {
    requireVersion(segmentation, request.version);
    const { label, colour } = segmentOf(segmentation, request.segmentNumber);
    return [
      {
        kind: 'segment-changed',
        segmentNumber: request.segmentNumber,
        label: request.label ?? label,
        colour: request.colour ?? colour,
      },
    ];
  });
  return after;
}

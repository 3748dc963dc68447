import type { Request, Response } from 'express';
import type { SegmentEdit } from '../application/editSegment.ts';
import { readSegmentEdit } from '../application/readSegmentEdit.ts';
import type { Workspace } from '../application/workspace.ts';
import { SEGMENT_UPDATE_HEADER, type SegmentUpdateHeader } from '../contract/segmentation.ts';
import { Problem } from '../domain/errors.ts';
import { setEntityTag } from './entityTag.ts';
import { asciiJson, segmentUpdateView } from './segmentationView.ts';
import { setServerTiming } from './serverTiming.ts';

export type UpdateMediaType = 'application/dicom' | 'application/json';

/** Asked before the work begins, so that nothing is done for a caller who cannot read the answer. @throws Problem not-acceptable */
export function updateMediaTypeOf(request: Request): UpdateMediaType {
  const offered: UpdateMediaType[] = ['application/dicom', 'application/json'];
  const accepted = offered.find(mediaType => mediaType === request.accepts(offered));
  if (!accepted) {
    throw new Problem('not-acceptable', 'Accept application/dicom or application/json.');
  }
  return accepted;
}

/** Answers with what an edit did: as JSON, or as a SEG of the changed slices with the JSON in a header. */
export async function replySegmentEdit(
  edit: SegmentEdit,
  mediaType: UpdateMediaType,
  response: Response,
  workspace: Pick<Workspace, 'zoo' | 'loadVolume' | 'segmentationEncoder' | 'newUid'>,
  signal: AbortSignal,
): Promise<void> {
  const update = segmentUpdateView(edit);
  const { changedSlices, ...header } = update;
  setEntityTag(response, update.version);
  response.vary('Accept');
  if (mediaType === 'application/json') {
    setServerTiming(response, edit.timings);
    response.json(update);
    return;
  }
  if (changedSlices.length === 0) {
    setServerTiming(response, edit.timings);
    response.setHeader(SEGMENT_UPDATE_HEADER, asciiJson(header satisfies SegmentUpdateHeader));
    response.status(204).end();
    return;
  }
  const { part10, timings } = await readSegmentEdit(edit, workspace, signal);
  setServerTiming(response, timings);
  response.setHeader(SEGMENT_UPDATE_HEADER, asciiJson(header satisfies SegmentUpdateHeader));
  response.type(mediaType).send(Buffer.from(part10.buffer, part10.byteOffset, part10.byteLength));
}

import { Problem } from '../domain/errors.ts';
import { emptyMask } from '../domain/mask.ts';
import { masksOverlap } from '../domain/masksOverlap.ts';
import type { ModelManifest } from '../domain/modelManifest.ts';
import { currentMask, promptsInForce } from '../domain/segmentState.ts';
import type { Segment, Segmentation, StoredSegmentation } from '../domain/segmentation.ts';
import {
  asBinary,
  formatFor,
  PLAIN_BINARY,
  type SegmentationFormat,
  type SegmentationType,
  type SegmentationWish,
} from '../domain/segmentationFormat.ts';
import type { NewUid } from '../domain/uid.ts';
import type { Volume } from '../domain/volume.ts';
import { requireVolumeOfMasks } from '../domain/volumeFingerprint.ts';
import type { SegmentToEncode, SegmentationToEncode } from '../ports/segmentationEncoder.ts';
import { algorithmOf } from './algorithmOf.ts';
import { contentName } from './contentName.ts';
import type { SegmentEdit } from './editSegment.ts';
import { filledSegments } from './filledSegments.ts';
import { nameAfter } from './isStillStored.ts';
import type { Workspace } from './workspace.ts';

const SERIES_DESCRIPTION = 'Tomoclick segmentation';

/** What writes segmentations, what the archive likes best, and what the caller asks for. */
export interface SegmentationOutput extends Pick<
  Workspace,
  'segmentationEncoder' | 'segmentationFormat' | 'newUid'
> {
  readonly wish?: SegmentationWish | undefined;
}

export interface SegmentationObject {
  readonly seriesInstanceUID: string;
  readonly sopInstanceUID: string;
  readonly segmentationType: SegmentationType;
  readonly part10: Uint8Array;
}

/**
 * The whole segmentation as one SEG: its segments that are not empty, numbered 1…N in their order. Each is an
 * instance in a series of its own, whose description counts the saves: viewers list series, so that the newest save
 * is told from the ones before.
 * @throws Problem empty-segmentation, segments-overlap, invalid-request, series-changed
 */
export function encodeSegmentation(
  segmentation: Segmentation,
  volume: Volume,
  model: ModelManifest,
  output: SegmentationOutput,
  uids: OwnUids = newUids(output),
): SegmentationObject {
  const segments = Array.from(filledSegments(segmentation, volume), ({ segment, mask }) => {
    const { label, colour, trackingUID } = segment;
    return {
      ...{ label, colour, trackingUID, mask },
      ...keptDescription(segment),
      ...adaptationNamed(segment),
    };
  });
  if (segments.length === 0) {
    throw new Problem('empty-segmentation', 'Click a structure first: every segment is empty.');
  }
  const saveNumber = segmentation.stored.length + 1;
  const seriesDescription = `${SERIES_DESCRIPTION} ${saveNumber}`;
  const format = formatOf(output, segments);
  const { seriesInstanceUID, sopInstanceUID } = uids;
  return {
    ...{ seriesInstanceUID, sopInstanceUID },
    segmentationType: format.segmentationType,
    part10: output.segmentationEncoder.encode({
      ...{ ...describe(volume, model), ...uids, seriesDescription, segments, format },
    }),
  };
}

/** What the mask owes to accepted corrections of others of its kind. */
function adaptationNamed(segment: Segment): Pick<SegmentToEncode, 'algorithmParameters'> {
  const applied = promptsInForce(segment).at(-1)?.adaptation;
  if (!applied) return {};
  const { adaptationId, revision, caseCount } = applied;
  return {
    algorithmParameters: `online adaptation ${adaptationId}, revision ${revision}, accepted cases ${caseCount}`,
  };
}

/** What was opened keeps its codes; once it is edited, it is no longer the other algorithm's work. */
export function keptDescription(
  segment: Segment,
): Pick<SegmentToEncode, 'codes' | 'trackingID' | 'algorithm'> {
  const { description, openedMask } = segment;
  if (!description) return {};
  const { codes, trackingID, algorithm } = description;
  return { codes, trackingID, ...(currentMask(segment) === openedMask && { algorithm }) };
}

/** Masks that belong to no stored segmentation, as one SEG. @throws Problem empty-segmentation, segments-overlap, invalid-request */
export function encodePrediction(
  segments: readonly SegmentToEncode[],
  volume: Volume,
  model: ModelManifest,
  output: SegmentationOutput,
): Uint8Array {
  const format = formatOf(output, segments);
  return output.segmentationEncoder.encode({
    ...describe(volume, model),
    ...newUids(output),
    segments,
    format,
  });
}

/** One segment, number 1, with a frame for every slice that the edit changed, empty ones included. @throws Problem series-changed */
export function encodeSegmentEdit(
  edit: SegmentEdit,
  volume: Volume,
  model: ModelManifest,
  output: Pick<Workspace, 'segmentationEncoder' | 'newUid'>,
): Uint8Array {
  requireVolumeOfMasks(edit.segmentation, volume);
  const { label, colour, trackingUID } = edit.segment;
  const mask = edit.mask ?? emptyMask(volume.geometry.shapeIjk);
  return output.segmentationEncoder.encode({
    ...describe(volume, model),
    ...newUids(output),
    segments: [{ label, colour, trackingUID, mask }],
    format: PLAIN_BINARY,
    slices: edit.changedSlices,
  });
}

/**
 * Where the archive likes LABELMAP best and segments overlap, they are written as BINARY: a save is not to fail for
 * a preference.
 */
function formatOf(
  { segmentationFormat, wish = {} }: SegmentationOutput,
  segments: readonly SegmentToEncode[],
): SegmentationFormat {
  const format = formatFor(segmentationFormat, wish);
  const isAsked = wish.segmentationType !== undefined || wish.compression === 'rle';
  if (isAsked || format.segmentationType === 'BINARY') return format;
  return masksOverlap(segments.map(({ mask }) => mask)) ? asBinary(format) : format;
}

function describe(
  source: Volume,
  model: ModelManifest,
): Omit<SegmentationToEncode, 'segments' | 'format' | keyof OwnUids> {
  return {
    source,
    ...algorithmOf(model),
    seriesDescription: SERIES_DESCRIPTION,
    contentDate: new Date(),
  };
}

type OwnUids = Pick<
  SegmentationToEncode,
  'seriesInstanceUID' | 'sopInstanceUID' | 'dimensionOrganizationUID'
>;

/**
 * Of the segmentation as it is now, in the format asked for: what is saved twice is one object.
 * @param gone what was stored of the same content, and deleted in the archive
 */
export async function uidsOfSave(
  segmentation: Segmentation,
  model: ModelManifest,
  {
    segmentationFormat,
    wish = {},
    namedUid,
  }: Pick<SegmentationOutput, 'segmentationFormat' | 'wish'> & Pick<Workspace, 'namedUid'>,
  gone?: StoredSegmentation,
): Promise<OwnUids> {
  const { segmentationType, compression, frames } = formatFor(segmentationFormat, wish);
  const format = [model.version, segmentationType, compression, frames];
  const save = nameAfter([contentName(segmentation), ...format].join(' '), gone);
  return {
    seriesInstanceUID: await namedUid(`series ${save}`),
    sopInstanceUID: await namedUid(`instance ${save}`),
    dimensionOrganizationUID: await namedUid(`dimensions ${save}`),
  };
}

function newUids({ newUid }: { readonly newUid: NewUid }): OwnUids {
  return {
    seriesInstanceUID: newUid(),
    sopInstanceUID: newUid(),
    dimensionOrganizationUID: newUid(),
  };
}

import type { SegmentationContract, SegmentContract } from '@tomoclick/server/contract';
import { isSameColour } from './colours.ts';
import { withWarnings } from './notice.ts';
import {
  newSegment,
  usualNumberOf,
  newSession,
  withSegment,
  type Action,
  type PromptSession,
  type SegmentState,
} from './promptSession.ts';

/** The segmentation as the server holds it; segments not yet known there are kept. */
export function withSegmentation(
  session: PromptSession,
  segmentation: SegmentationContract,
  newKey: () => string,
): PromptSession {
  const known = segmentation.segments.map(segment => {
    const present = session.segments.find(own => own.segmentNumber === segment.segmentNumber);
    return segmentStateOf(segment, present?.key ?? newKey());
  });
  const untouched = session.segments.filter(segment => segment.segmentNumber === null);
  const isReplaced = known.length > 0 && untouched.length === session.segments.length;
  const own = isReplaced ? untouched.filter(segment => !isPlaceholder(session, segment)) : untouched;
  const segments = own.reduce<readonly SegmentState[]>(withApart, known);
  const kept = segments.length > 0 ? segments : [newSegment(newKey(), [])];
  const workedOn = placeWorkedOnLast(segmentation);
  const activeKey = kept.some(segment => segment.key === session.activeKey)
    ? session.activeKey
    : kept[workedOn]!.key;
  const savedVersion = segmentation.stored.reduce<number | null>(
    // The report on a save is stored by an operation of its own.
    (latest, { version, measurementReport }) =>
      Math.max(latest ?? 0, measurementReport ? version + 1 : version),
    null,
  );
  const { id: segmentationId, version } = segmentation;
  const openedFrom = segmentation.openedFrom?.sopInstanceUID ?? null;
  const shown = { ...session, segments: kept, activeKey, segmentationId, version, openedFrom, savedVersion };
  return withWarnings(withWaitingChanges(shown), segmentation.openedFrom?.warnings ?? []);
}

/** Among its segments: clicks that come next are meant for the one that was clicked on last; else the first. */
function placeWorkedOnLast({ segments }: SegmentationContract): number {
  const versions = segments.map(({ lastPromptVersion }) => lastPromptVersion ?? 0);
  return Math.max(0, versions.indexOf(Math.max(...versions)));
}

/** The segment that a session begins with, where the reader has not asked for anything that concerns it. */
function isPlaceholder({ segments, activeKey, queue }: PromptSession, segment: SegmentState): boolean {
  const asMade = newSegment(segment.key, []);
  const isAsMade = segment.label === asMade.label && isSameColour(segment.colour, asMade.colour);
  const isChosen = segments.length > 1 && activeKey === segment.key;
  const isAwaited = queue.some(action => 'segmentKey' in action && action.segmentKey === segment.key);
  return segment === segments[0] && isAsMade && !isChosen && !isAwaited;
}

/** A segment that is not at the server yet; where it was named and coloured as one there, not by the reader, anew. */
function withApart(others: readonly SegmentState[], segment: SegmentState): readonly SegmentState[] {
  const isNamedByReader = usualNumberOf(segment.label) === undefined;
  if (isNamedByReader || !others.some(({ label }) => label === segment.label)) return [...others, segment];
  const { label, colour } = newSegment(segment.key, others);
  const isColourTaken = others.some(other => isSameColour(other.colour, segment.colour));
  return [...others, { ...segment, label, ...(isColourTaken && { colour }) }];
}

/** Names and colours that the server has not been told of yet. */
function withWaitingChanges(session: PromptSession): PromptSession {
  return session.queue.reduce((changed, action) => {
    if (action.kind !== 'change') return changed;
    const { segmentKey, label, colour } = action;
    return withSegment(changed, segmentKey, { label, colour });
  }, session);
}

/** Another segmentation takes the place of all; prompts that wait already are meant for its active segment. */
export function withOpened(
  session: PromptSession,
  segmentation: SegmentationContract,
  newKey: () => string,
): PromptSession {
  // What was opened lies in the archive already.
  return { ...withReplaced(session, segmentation, newKey), savedVersion: segmentation.version - 1 };
}

/** A segmentation that the server holds: the one that is shown, with what is new in it, or another in its place. */
export function withShown(
  session: PromptSession,
  segmentation: SegmentationContract,
  newKey: () => string,
): PromptSession {
  const isPresent = session.segmentationId === null || session.segmentationId === segmentation.id;
  return (isPresent ? withSegmentation : withReplaced)(session, segmentation, newKey);
}

/** The server holds nothing of it any more: the segments are there as the reader has named them, and empty. */
export function withDeleted(session: PromptSession): PromptSession {
  const segments = session.segments.map(({ key, label, colour }) => ({
    ...newSegment(key, []),
    ...{ label, colour },
  }));
  const nothing = { segmentationId: null, version: null, openedFrom: null, savedVersion: null };
  return { ...session, ...nothing, segments, missingSize: null };
}

function withReplaced(
  session: PromptSession,
  segmentation: SegmentationContract,
  newKey: () => string,
): PromptSession {
  const { drawing, polarity, isAdaptive, runningSinceMs } = session;
  const fresh = { ...newSession(newKey()), drawing, polarity, isAdaptive, runningSinceMs };
  const replaced = withSegmentation(fresh, segmentation, newKey);
  const [replacing, ...waiting] = session.queue;
  const kept = waiting.flatMap((action): Action[] => {
    if (action.kind === 'prompt') return [{ ...action, segmentKey: replaced.activeKey }];
    return 'segmentKey' in action ? [] : [action];
  });
  return { ...replaced, queue: [...(replacing ? [replacing] : []), ...kept] };
}

function segmentStateOf(segment: SegmentContract, key: string): SegmentState {
  const { segmentNumber, label, colour, volumeMl, canUndo, canRedo, adaptation, prompts } = segment;
  return { key, segmentNumber, label, colour, volumeMl, canUndo, canRedo, adaptation, prompts };
}

import type {
  AppliedAdaptationContract,
  IdentifiedPromptContract,
  PromptContract,
  SegmentUpdateHeader,
} from '@tomoclick/server/contract';
import { nextColour, type ColourRgb } from './colours.ts';
import type { Failure } from './failure.ts';
import type { KeptClick } from './keptClick.ts';
import { NO_NOTICES, withWarnings, type Notices } from './notice.ts';
import type { ObjectReference } from './storedObject.ts';

export type PromptKind = PromptContract['kind'];
/** What dragging draws; with `point` it sets window and level. */
export type Drawing = Exclude<PromptKind, 'size'>;
export type SizeWish = Extract<PromptContract, { kind: 'size' }>['wish'];
export type Polarity = Extract<PromptContract, { kind: 'point' }>['polarity'];

export interface SegmentState {
  /** Ours, for as long as the viewer is open; the server's number comes with the first prompt. */
  readonly key: string;
  readonly segmentNumber: number | null;
  readonly label: string;
  readonly colour: ColourRgb;
  readonly volumeMl: number;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** The accepted cases that had their say in it; null: the model answered alone. */
  readonly adaptation: AppliedAdaptationContract | null;
  /** In force at the server, oldest first. */
  readonly prompts: readonly IdentifiedPromptContract[];
}

/** What the reader asked for. Carried out one after the other, in the order asked. */
export type Action =
  | ({ readonly kind: 'prompt'; readonly segmentKey: string } & IdentifiedPromptContract)
  | { readonly kind: 'undo' | 'redo' | 'clear' | 'remove'; readonly segmentKey: string }
  | {
      readonly kind: 'change';
      readonly segmentKey: string;
      readonly label: string;
      readonly colour: ColourRgb;
    }
  | { readonly kind: 'open'; readonly object: ObjectReference }
  | { readonly kind: 'show'; readonly segmentationId: string }
  | { readonly kind: 'begin' }
  | { readonly kind: 'check'; readonly isQuiet: boolean }
  | { readonly kind: 'forget'; readonly adaptationId: string }
  | { readonly kind: 'offer'; readonly clicks: readonly KeptClick[] }
  | { readonly kind: 'save' }
  | { readonly kind: 'restore' };

export interface PromptSession extends Notices {
  /** Never empty; `activeKey` names one of them. */
  readonly segments: readonly SegmentState[];
  readonly activeKey: string;
  readonly polarity: Polarity;
  /** Clicks are points whatever it is. */
  readonly drawing: Drawing;
  /** Accepted cases may have their say in answers. */
  readonly isAdaptive: boolean;
  /** What was forgotten last. */
  readonly forgottenAdaptationId: string | null;
  /** The first is the one being carried out, or the one that failed. */
  readonly queue: readonly Action[];
  readonly runningSinceMs: number | null;
  readonly failure: Failure | null;
  /** The size just wished for, where the model knows of no such structure. */
  readonly missingSize: SizeWish | null;
  /** Of the segmentation at the server; null before it exists there. */
  readonly segmentationId: string | null;
  /** Version of the segmentation at the server; null before it exists there. */
  readonly version: number | null;
  /** SOPInstanceUID of the stored object that it was opened from. */
  readonly openedFrom: string | null;
  /** Version that was last saved to the archive. */
  readonly savedVersion: number | null;
}

export function newSession(key: string): PromptSession {
  return {
    segments: [newSegment(key, [])],
    activeKey: key,
    polarity: 'include',
    drawing: 'point',
    isAdaptive: true,
    forgottenAdaptationId: null,
    queue: [],
    runningSinceMs: null,
    failure: null,
    missingSize: null,
    segmentationId: null,
    version: null,
    openedFrom: null,
    savedVersion: null,
    ...NO_NOTICES,
  };
}

export function activeSegment(session: PromptSession): SegmentState {
  return segmentOf(session, session.activeKey) ?? session.segments[0]!;
}

export function segmentOf(session: PromptSession, key: string): SegmentState | undefined {
  return session.segments.find(segment => segment.key === key);
}

/** A change of a segment takes the place of the one that waits last, as of colours that the reader drags through. */
export function withAction(session: PromptSession, action: Action): PromptSession {
  const { queue } = session;
  const last = queue.at(-1);
  // The first may be on its way.
  const isReplaced =
    queue.length > 1 &&
    action.kind === 'change' &&
    last?.kind === 'change' &&
    last.segmentKey === action.segmentKey;
  return { ...session, queue: [...(isReplaced ? queue.slice(0, -1) : queue), action] };
}

export function withNewSegment(session: PromptSession, key: string): PromptSession {
  const segments = [...session.segments, newSegment(key, session.segments)];
  return { ...session, segments, activeKey: key, polarity: 'include', missingSize: null };
}

export function withActive(session: PromptSession, key: string): PromptSession {
  return segmentOf(session, key) ? { ...session, activeKey: key, missingSize: null } : session;
}

export function withPolarity(session: PromptSession, polarity: Polarity): PromptSession {
  return { ...session, polarity };
}

export function withDrawing(session: PromptSession, drawing: Drawing): PromptSession {
  return { ...session, drawing };
}

export function withSegment(
  session: PromptSession,
  key: string,
  change: Partial<Omit<SegmentState, 'key'>>,
): PromptSession {
  const segments = session.segments.map(segment =>
    segment.key === key ? { ...segment, ...change } : segment,
  );
  return { ...session, segments };
}

/**
 * Takes a segment out; the last one is replaced by an empty one named `replacementKey`. Prompts that came while it was
 * being removed are for the segment that is active without it.
 */
export function withoutSegment(session: PromptSession, key: string, replacementKey: string): PromptSession {
  const position = session.segments.findIndex(segment => segment.key === key);
  const left = session.segments.filter(segment => segment.key !== key);
  const segments = left.length > 0 ? left : [newSegment(replacementKey, [])];
  const neighbour = segments[Math.max(0, Math.min(position, segments.length) - 1)]!;
  const activeKey = session.activeKey === key ? neighbour.key : session.activeKey;
  const queue = session.queue.flatMap((action, place): Action[] => {
    if (place === 0 || !('segmentKey' in action) || action.segmentKey !== key) return [action];
    return action.kind === 'prompt' ? [{ ...action, segmentKey: activeKey }] : [];
  });
  return { ...session, segments, activeKey, queue };
}

export function withStart(session: PromptSession, nowMs: number): PromptSession {
  return { ...session, runningSinceMs: nowMs, failure: null, missingSize: null };
}

/** There is no structure of the size wished for. Only of the active segment, which the reader looks at. */
export function withMissingSize(session: PromptSession, segmentKey: string, wish: SizeWish): PromptSession {
  return session.activeKey === segmentKey ? { ...session, missingSize: wish } : session;
}

/** The first action is done. */
export function withDone(session: PromptSession): PromptSession {
  return { ...session, queue: session.queue.slice(1), runningSinceMs: null, failure: null };
}

/** The first action is given up, and with a prompt the undo that takes it back: it would undo an earlier one. */
export function withGivenUp(session: PromptSession): PromptSession {
  const [first, ...waiting] = session.queue;
  const undo = first?.kind === 'prompt' ? undoOf(first.segmentKey, waiting) : -1;
  const left = waiting.filter((_, place) => place !== undo);
  return withDone({ ...session, queue: first ? [first, ...left] : [] });
}

/** Place of the undo that takes back what was asked of the segment before all of these; -1 where there is none. */
function undoOf(segmentKey: string, waiting: readonly Action[]): number {
  let later = 0;
  return waiting.findIndex(action => {
    if (!('segmentKey' in action) || action.segmentKey !== segmentKey) return false;
    if (action.kind === 'undo') later -= 1;
    if (action.kind === 'prompt' || action.kind === 'redo' || action.kind === 'clear') later += 1;
    return later < 0;
  });
}

/** The first action failed: it stays, and holds those behind it, until it is retried or dismissed. */
export function withFailure(session: PromptSession, failure: Failure): PromptSession {
  return { ...session, runningSinceMs: null, failure };
}

export function withVersion(session: PromptSession, version: number): PromptSession {
  return { ...session, version };
}

/** What the server answered to a prompt, undo, redo or clear; `prompts` where they are known. */
export function withUpdate(
  session: PromptSession,
  segmentKey: string,
  update: SegmentUpdateHeader,
  prompts: readonly IdentifiedPromptContract[],
): PromptSession {
  const { segmentNumber, volumeMl, canUndo, canRedo, adaptation } = update.segment;
  const numbers = { segmentNumber, volumeMl, canUndo, canRedo, adaptation };
  const changed = withSegment(session, segmentKey, { ...numbers, prompts });
  const { segmentationId, version, warnings } = update;
  return withWarnings({ ...changed, segmentationId, version }, warnings);
}

/** Prompts of a segment that the server has not answered yet. */
export function pendingPrompts(
  session: PromptSession,
  segmentKey: string,
): readonly IdentifiedPromptContract[] {
  return session.queue.flatMap(action =>
    action.kind === 'prompt' && action.segmentKey === segmentKey
      ? [{ promptId: action.promptId, prompt: action.prompt }]
      : [],
  );
}

/** Whether there is something to be made larger or smaller. */
export function canResize(session: PromptSession): boolean {
  const { volumeMl, key } = activeSegment(session);
  return volumeMl > 0 && pendingPrompts(session, key).length === 0;
}

/** Whether a step on the active segment would change something, clicks that still wait included. */
export function isPossible(session: PromptSession, step: 'undo' | 'redo' | 'clear'): boolean {
  const segment = activeSegment(session);
  const isWaiting = pendingPrompts(session, segment.key).length > 0;
  switch (step) {
    case 'undo':
      return segment.canUndo || isWaiting;
    case 'redo':
      return segment.canRedo && !isWaiting;
    case 'clear':
      return segment.prompts.length > 0 || segment.volumeMl > 0 || isWaiting;
  }
}

/** Whether something that the reader asked for, or should wait for, is on its way. */
export function isBusy({ queue }: PromptSession): boolean {
  return queue.some(action => action.kind !== 'check' || !action.isQuiet);
}

/** The segmentation that can be exported as the reader sees it; null while something is on its way, or nothing is there. */
export function exportableId(session: PromptSession): string | null {
  const isEmpty = session.segments.every(segment => segment.volumeMl === 0);
  return isEmpty || isBusy(session) ? null : session.segmentationId;
}

/** At the server, or on its way there. The saving itself counts as one version. */
export function hasUnsavedWork({ version, savedVersion, queue }: PromptSession): boolean {
  const isChanged = version !== null && version > (savedVersion === null ? 0 : savedVersion + 1);
  return isChanged || queue.some(action => 'segmentKey' in action);
}

/** Of a segment that bears the name which segments begin with; undefined where the reader has named it. */
export function usualNumberOf(label: string): number | undefined {
  const digits = /^Segment (\d+)$/.exec(label)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

export function newSegment(key: string, others: readonly SegmentState[]): SegmentState {
  const highest = Math.max(0, ...others.map(other => usualNumberOf(other.label) ?? 0));
  return {
    key,
    segmentNumber: null,
    label: `Segment ${highest + 1}`,
    colour: nextColour(others.map(other => other.colour)),
    volumeMl: 0,
    canUndo: false,
    canRedo: false,
    adaptation: null,
    prompts: [],
  };
}

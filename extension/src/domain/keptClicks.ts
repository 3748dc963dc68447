import type { KeptClick } from './keptClick.ts';
import {
  newSegment,
  segmentOf,
  usualNumberOf,
  withSegment,
  type Action,
  type PromptSession,
  type SegmentState,
} from './promptSession.ts';

/** Offered again, and not decided about yet. */
const offeredIn = (action: Action): readonly KeptClick[] => (action.kind === 'offer' ? action.clicks : []);

/** Nothing is lost with these. */
const LOOKS: ReadonlySet<Action['kind']> = new Set(['restore', 'show', 'check']);

/** How much of what the reader asked for has not been done yet. */
export function unsentSteps({ queue }: PromptSession): number {
  const own = queue.filter(({ kind }) => !LOOKS.has(kind) && kind !== 'offer');
  return own.length + queue.flatMap(offeredIn).length;
}

/**
 * What of a session outlives the page: clicks and drawings, which are the same however often they are sent. Of steps
 * it would not be known whether they were taken; one that waits behind a click takes that click with it.
 */
export function clicksToKeep({ queue, segments, segmentationId }: PromptSession): readonly KeptClick[] {
  return queue.reduce<readonly KeptClick[]>((kept, action) => {
    switch (action.kind) {
      case 'offer':
        return [...kept, ...action.clicks];
      case 'prompt': {
        const segment = segments.find(({ key }) => key === action.segmentKey);
        if (!segment) return kept;
        const { key, segmentNumber, label, colour } = segment;
        const { promptId, prompt } = action;
        const meant = { key, segmentNumber, label, colour };
        return [...kept, { promptId, prompt, segmentationId, segment: meant }];
      }
      case 'undo': {
        const last = kept.findLastIndex(({ segment }) => segment.key === action.segmentKey);
        return kept.filter((_, place) => place !== last);
      }
      case 'clear':
      case 'remove':
        return kept.filter(({ segment }) => segment.key !== action.segmentKey);
      default:
        return kept;
    }
  }, []);
}

/** The clicks wait behind the first action, each for the segment that it was meant for, or for a new one like it. */
export function withKeptClicks(session: PromptSession, clicks: readonly KeptClick[]): PromptSession {
  const homeless = clicks.filter(click => !segmentFor(session, click));
  const cleared = homeless.length > 0 && isUntouched(session) ? { ...session, segments: [] } : session;
  const placed = homeless.reduce(withSegmentOf, cleared);
  const prompts = clicks.map((click): Action => {
    const { promptId, prompt } = click;
    return { kind: 'prompt', segmentKey: segmentFor(placed, click)!.key, promptId, prompt };
  });
  const [first, ...waiting] = placed.queue;
  return { ...placed, queue: [...(first ? [first] : []), ...prompts, ...waiting] };
}

function segmentFor(
  session: PromptSession,
  { segment, segmentationId }: KeptClick,
): SegmentState | undefined {
  const isKnown = segment.segmentNumber !== null && segmentationId === session.segmentationId;
  const known = session.segments.find(({ segmentNumber }) => segmentNumber === segment.segmentNumber);
  return (isKnown ? known : undefined) ?? segmentOf(session, segment.key);
}

/** There is but the segment that every session begins with: it would be empty beside what comes. */
function isUntouched({ segments, queue }: PromptSession): boolean {
  const [only, ...others] = segments;
  if (!only || others.length > 0 || only.segmentNumber !== null) return false;
  const isAwaited = queue.some(action => 'segmentKey' in action && action.segmentKey === only.key);
  return !isAwaited && usualNumberOf(only.label) !== undefined;
}

function withSegmentOf(session: PromptSession, click: KeptClick): PromptSession {
  if (segmentFor(session, click)) return session;
  const { key, label, colour } = click.segment;
  const added = { ...session, segments: [...session.segments, newSegment(key, session.segments)] };
  const activeKey = segmentOf(added, session.activeKey) ? session.activeKey : key;
  return { ...withSegment(added, key, { label, colour }), activeKey };
}

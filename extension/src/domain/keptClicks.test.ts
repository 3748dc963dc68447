import { describe, expect, test } from '@jest/globals';
import { clicksToKeep, unsentSteps, withKeptClicks } from './keptClicks.ts';
import {
  newSession,
  pendingPrompts,
  withAction,
  withNewSegment,
  withSegment,
  type Action,
  type PromptSession,
} from './promptSession.ts';

function click(segmentKey: string, promptId: string): Action {
  return {
    ...{ kind: 'prompt', segmentKey, promptId },
    prompt: { kind: 'point', pointLps: [1, 2, 3], polarity: 'include' },
  };
}

function waiting(session: PromptSession, ...actions: readonly Action[]): PromptSession {
  return actions.reduce(withAction, session);
}

function idsOf(session: PromptSession): string[] {
  return clicksToKeep(session).map(({ promptId }) => promptId);
}

describe('what is kept when the page goes away', () => {
  test('is every click that waits, in order, with the segment that it is meant for', () => {
    const session = waiting(withNewSegment(newSession('a'), 'b'), click('a', '1'), click('b', '2'));
    expect(clicksToKeep(session)).toMatchObject([
      { promptId: '1', segment: { key: 'a', label: 'Segment 1', segmentNumber: null } },
      { promptId: '2', segment: { key: 'b', label: 'Segment 2', segmentNumber: null } },
    ]);
  });

  test('is no click that the reader has taken back meanwhile, and no step', () => {
    const two = withNewSegment(newSession('a'), 'b');
    const undo: Action = { kind: 'undo', segmentKey: 'a' };
    expect(idsOf(waiting(two, click('a', '1'), click('b', '2'), undo))).toEqual(['2']);
    expect(idsOf(waiting(two, undo, click('a', '1')))).toEqual(['1']);
    const clear: Action = { kind: 'clear', segmentKey: 'a' };
    expect(idsOf(waiting(two, click('a', '1'), clear, click('a', '2')))).toEqual(['2']);
    expect(idsOf(waiting(two, click('a', '1'), { kind: 'remove', segmentKey: 'a' }))).toEqual([]);
    expect(idsOf(waiting(two, { kind: 'save' }))).toEqual([]);
  });

  test('is what was offered and not decided about, too', () => {
    const kept = clicksToKeep(waiting(newSession('a'), click('a', '1')));
    const session = waiting(newSession('b'), { kind: 'offer', clicks: kept }, click('b', '2'));
    expect(idsOf(session)).toEqual(['1', '2']);
    expect(unsentSteps(session)).toBe(2);
    expect(unsentSteps(waiting(newSession('b'), { kind: 'restore' }))).toBe(0);
    expect(unsentSteps(waiting(newSession('b'), { kind: 'save' }))).toBe(1);
  });
});

describe('clicks that were kept', () => {
  const numbered = {
    ...withSegment(newSession('a'), 'a', { segmentNumber: 4, label: 'Liver' }),
    segmentationId: 'id',
  };

  test('go to the segment of their number in the same segmentation, whatever it is called here', () => {
    const kept = clicksToKeep(waiting(numbered, click('a', '1')));
    const reopened = { ...withSegment(newSession('z'), 'z', { segmentNumber: 4 }), segmentationId: 'id' };
    const session = withKeptClicks(reopened, kept);
    expect(session.segments).toHaveLength(1);
    expect(pendingPrompts(session, 'z').map(({ promptId }) => promptId)).toEqual(['1']);
  });

  test('go to a segment like the one they were meant for where that is not there', () => {
    const kept = clicksToKeep(waiting(numbered, click('a', '1')));
    const other = { ...withSegment(newSession('z'), 'z', { segmentNumber: 4 }), segmentationId: 'other' };
    const { segments } = withKeptClicks(other, kept);
    expect(segments.map(({ key, label, segmentNumber }) => [key, label, segmentNumber])).toEqual([
      ['z', 'Segment 1', 4],
      ['a', 'Liver', null],
    ]);
  });

  test('take the place of the empty segment that a session begins with, one segment for each of theirs', () => {
    const two = withNewSegment(newSession('a'), 'b');
    const kept = clicksToKeep(waiting(two, click('a', '1'), click('b', '2'), click('a', '3')));
    const session = withKeptClicks(newSession('z'), kept);
    expect(session.segments.map(({ key, label }) => [key, label])).toEqual([
      ['a', 'Segment 1'],
      ['b', 'Segment 2'],
    ]);
    expect(session.activeKey).toBe('a');
    const named = withKeptClicks(withSegment(newSession('z'), 'z', { label: 'Spleen' }), kept);
    expect(named.segments.map(({ key }) => key)).toEqual(['z', 'a', 'b']);
  });

  test('come before what the reader has asked for since', () => {
    const kept = clicksToKeep(waiting(newSession('a'), click('a', '1')));
    const session = waiting(newSession('z'), { kind: 'offer', clicks: kept }, click('z', '2'));
    const queue = withKeptClicks(session, kept).queue;
    expect(queue.map(action => ('promptId' in action ? action.promptId : action.kind))).toEqual([
      ...['offer', '1', '2'],
    ]);
  });
});

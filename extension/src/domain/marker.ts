import { activeSegment, pendingPrompts, type Polarity, type PromptSession } from './promptSession.ts';

/** A prompt as it is drawn over the images. */
export interface Marker {
  readonly id: string;
  readonly pointLps: readonly [number, number, number];
  readonly polarity: Polarity;
  /** Not answered yet. */
  readonly isPending: boolean;
}

/** The prompts of the active segment: those of others would hide what the reader is working on. */
export function markersOf(session: PromptSession): readonly Marker[] {
  const segment = activeSegment(session);
  const pending = pendingPrompts(session, segment.key);
  const answered = segment.prompts.filter(
    known => !pending.some(({ promptId }) => promptId === known.promptId),
  );
  const markers = (prompts: typeof pending, isPending: boolean): Marker[] =>
    prompts.map(({ promptId, prompt }) => ({
      id: promptId,
      pointLps: prompt.pointLps,
      polarity: prompt.polarity,
      isPending,
    }));
  return [...markers(answered, false), ...markers(pending, true)];
}

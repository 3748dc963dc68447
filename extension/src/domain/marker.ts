import type { IdentifiedPromptContract, PromptContract } from '@tomoclick/server/contract';
import type { DrawnPrompt } from './drawnPrompt.ts';
import type { PointLps } from './pointLps.ts';
import { activeSegment, pendingPrompts, type Polarity, type PromptSession } from './promptSession.ts';

/** A prompt as it is drawn over the images. */
export type Marker = {
  readonly id: string;
  readonly polarity: Polarity;
  /** Not answered yet, or still being drawn. */
  readonly isPending: boolean;
} & MarkerShape;

type MarkerShape =
  | { readonly kind: 'point'; readonly pointLps: PointLps }
  | { readonly kind: 'path'; readonly pathLps: readonly PointLps[]; readonly isClosed: boolean };

/** The prompts of the active segment: those of others would hide what the reader is working on. */
export function markersOf(session: PromptSession): readonly Marker[] {
  const segment = activeSegment(session);
  const pending = pendingPrompts(session, segment.key);
  const answered = segment.prompts.filter(
    known => !pending.some(({ promptId }) => promptId === known.promptId),
  );
  const markers = (prompts: readonly IdentifiedPromptContract[], isPending: boolean): Marker[] =>
    prompts.flatMap(({ promptId, prompt }) =>
      prompt.kind === 'size' ? [] : [markerOf(promptId, prompt, isPending)],
    );
  return [...markers(answered, false), ...markers(pending, true)];
}

/** What is being drawn. */
export function draftMarker(drawn: DrawnPrompt, polarity: Polarity): Marker {
  return markerOf('draft', drawn.kind === 'box' ? drawn : { polarity, ...drawn }, true);
}

function markerOf(id: string, prompt: Exclude<PromptContract, { kind: 'size' }>, isPending: boolean): Marker {
  switch (prompt.kind) {
    case 'point':
      return { id, polarity: prompt.polarity, isPending, kind: 'point', pointLps: prompt.pointLps };
    case 'scribble':
    case 'lasso': {
      const { polarity, pointsLps: pathLps } = prompt;
      return { id, polarity, isPending, kind: 'path', pathLps, isClosed: prompt.kind === 'lasso' };
    }
    case 'box':
      return { id, polarity: 'include', isPending, kind: 'path', pathLps: prompt.cornersLps, isClosed: true };
  }
}

/** The same marker at other points. */
export function placedMarker(marker: Marker, placeOf: (point: PointLps) => PointLps): Marker {
  if (marker.kind === 'point') return { ...marker, pointLps: placeOf(marker.pointLps) };
  return { ...marker, pathLps: marker.pathLps.map(placeOf) };
}

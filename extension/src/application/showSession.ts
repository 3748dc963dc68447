import { activeSegment, type PromptSession } from '../domain/promptSession.ts';
import type { LabelmapView } from '../ports/labelmapView.ts';

export function showSegments(view: LabelmapView, session: PromptSession): void {
  const shown = session.segments.flatMap(({ segmentNumber, label, colour }) =>
    segmentNumber === null ? [] : [{ segmentNumber, label, colour }],
  );
  view.showSegments(shown, activeSegment(session).segmentNumber);
}

/** Where the reader last pointed inside the active segment. */
export function showWhereActiveIs(view: LabelmapView, session: PromptSession): void {
  const inside = activeSegment(session).prompts.filter(({ prompt }) => prompt.polarity === 'include');
  const last = inside.at(-1);
  if (last) view.showPoint(last.prompt.pointLps);
}

import { middleOf } from '../domain/drawnPrompt.ts';
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
  const last = activeSegment(session).prompts.findLast(
    ({ prompt }) => prompt.kind === 'box' || ('polarity' in prompt && prompt.polarity === 'include'),
  );
  const middle = last && middleOf(last.prompt);
  if (middle) view.showPoint(middle);
}

import type { ReactElement } from 'react';
import type { Drawing } from '../domain/promptSession.ts';

const WHAT_DRAGGING_DOES: Readonly<Record<Drawing, string>> = {
  point: 'drag sets the window.',
  box: 'drag a box around it: the segment starts anew.',
  scribble: 'or draw a stroke through it.',
  lasso: 'or draw around a part of it.',
};

/** What the pointer does with what is chosen. */
export function DrawingHint({ drawing }: { readonly drawing: Drawing }): ReactElement {
  return (
    <p className="tomoclick-hint">
      Click a structure; {WHAT_DRAGGING_DOES[drawing]} <kbd>Ctrl</kbd> or <kbd>Alt</kbd> excludes.
    </p>
  );
}

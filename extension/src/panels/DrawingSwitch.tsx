import type { ReactElement } from 'react';
import type { Drawing, PromptKind } from '../domain/promptSession.ts';
import { Icon } from './Icon.tsx';

const CHOICES = [
  { drawing: 'point', icon: 'point', label: 'Click', title: 'Dragging sets window and level (C)' },
  { drawing: 'box', icon: 'box', label: 'Box', title: 'Drag a box around the structure (B)' },
  { drawing: 'scribble', icon: 'scribble', label: 'Scribble', title: 'Draw a stroke through it (S)' },
  { drawing: 'lasso', icon: 'lasso', label: 'Lasso', title: 'Draw around a part of it (O)' },
] as const;

/** What dragging draws; clicks are points whatever is chosen. */
export function DrawingSwitch(props: {
  readonly drawing: Drawing;
  /** What the model takes. */
  readonly offered: readonly PromptKind[];
  readonly onChange: (drawing: Drawing) => void;
}): ReactElement | null {
  const choices = CHOICES.filter(({ drawing }) => props.offered.includes(drawing));
  if (choices.length < 2) return null;
  return (
    <div className="tomoclick-switch tomoclick-drawings" role="radiogroup" aria-label="What dragging draws">
      {choices.map(({ drawing, icon, label, title }) => (
        <button
          key={drawing}
          type="button"
          role="radio"
          aria-checked={props.drawing === drawing}
          className="tomoclick-drawing"
          title={title}
          onClick={() => props.onChange(drawing)}
          data-cy={`tomoclick-draw-${drawing}`}
        >
          <Icon name={icon} />
          <small>{label}</small>
        </button>
      ))}
    </div>
  );
}

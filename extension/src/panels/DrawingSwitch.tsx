import type { ReactElement } from 'react';
import type { Drawing, PromptKind } from '../domain/promptSession.ts';
import { ChoiceRow, type Choice } from './ChoiceRow.tsx';

const CHOICES: readonly Choice<Drawing>[] = [
  { value: 'point', icon: 'point', label: 'Click', title: 'Dragging sets window and level (C)' },
  { value: 'box', icon: 'box', label: 'Box', title: 'Drag a box around the structure (B)' },
  { value: 'scribble', icon: 'scribble', label: 'Scribble', title: 'Draw a stroke through it (S)' },
  { value: 'lasso', icon: 'lasso', label: 'Lasso', title: 'Draw around a part of it (O)' },
];

/** What dragging draws; clicks are points whatever is chosen. */
export function DrawingSwitch(props: {
  readonly drawing: Drawing;
  /** What the model takes. */
  readonly offered: readonly PromptKind[];
  readonly onChange: (drawing: Drawing) => void;
}): ReactElement | null {
  const choices = CHOICES.filter(({ value }) => props.offered.includes(value));
  if (choices.length < 2) return null;
  return (
    <ChoiceRow
      name="tomoclick-draw"
      label="What dragging draws"
      choices={choices}
      chosen={props.drawing}
      onChange={props.onChange}
    />
  );
}

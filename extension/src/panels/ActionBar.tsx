import type { ReactElement } from 'react';
import type { PromptSessionRunner } from '../application/promptSessionRunner.ts';
import { isPossible, type PromptSession } from '../domain/promptSession.ts';
import { Icon } from './Icon.tsx';

const STEPS = [
  { step: 'undo', label: 'Undo', title: 'Undo (Ctrl+Z)' },
  { step: 'redo', label: 'Redo', title: 'Redo (Ctrl+Y)' },
  { step: 'clear', label: 'Clear', title: 'Empty the segment; can be undone' },
] as const;

export function ActionBar(props: {
  readonly session: PromptSession;
  readonly runner: PromptSessionRunner;
}): ReactElement {
  const { session, runner } = props;
  return (
    <div className="tomoclick-actions">
      {STEPS.map(({ step, label, title }) => (
        <button
          key={step}
          type="button"
          title={title}
          disabled={!isPossible(session, step)}
          onClick={() => runner.takeStep(step)}
          data-cy={`tomoclick-${step}`}
        >
          <Icon name={step} /> {label}
        </button>
      ))}
    </div>
  );
}

import type { ReactElement } from 'react';
import type { PromptSessionRunner } from '../application/promptSessionRunner.ts';
import { canResize, type PromptKind, type PromptSession } from '../domain/promptSession.ts';
import { Icon } from './Icon.tsx';

const WISHES = [
  { wish: 'smaller', label: 'Smaller', title: 'A smaller structure at this place is meant (,)' },
  { wish: 'larger', label: 'Larger', title: 'A larger structure at this place is meant (.)' },
] as const;

/** What else the model could have taken the clicks for. */
export function SizeControl(props: {
  readonly session: PromptSession;
  readonly runner: PromptSessionRunner;
  /** What the model takes. */
  readonly offered: readonly PromptKind[];
}): ReactElement | null {
  const { session, runner, offered } = props;
  if (!offered.includes('size')) return null;
  return (
    <div className="tomoclick-actions">
      {WISHES.map(({ wish, label, title }) => (
        <button
          key={wish}
          type="button"
          title={title}
          disabled={!canResize(session)}
          onClick={() => runner.resize(wish)}
          data-cy={`tomoclick-${wish}`}
        >
          <Icon name={wish} /> {label}
        </button>
      ))}
    </div>
  );
}

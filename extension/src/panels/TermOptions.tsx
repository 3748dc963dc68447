import { useEffect, useRef, type ReactElement } from 'react';
import type { TermChoice } from '../domain/termChoice.ts';

/** The list below the name of a segment. */
export function TermOptions(props: {
  /** Options are `id` with their place behind. */
  readonly id: string;
  readonly choices: readonly TermChoice[];
  /** Place of the one that Enter takes; -1 for none. */
  readonly chosen: number;
  readonly onChoose: (label: string) => void;
}): ReactElement {
  const { id, choices, chosen, onChoose } = props;
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.children[chosen]?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  return (
    <ul
      ref={list}
      id={id}
      role="listbox"
      aria-label="Coded terms"
      className="tomoclick-terms"
      hidden={choices.length === 0}
    >
      {choices.map(({ label, category }, place) => (
        <li
          key={label}
          id={`${id}-${place}`}
          role="option"
          aria-selected={place === chosen}
          // A pressed button would take the focus from the field, which commits what is typed.
          onMouseDown={event => event.preventDefault()}
          onClick={() => onChoose(label)}
          data-cy="tomoclick-term"
        >
          {label} <small>{category}</small>
        </li>
      ))}
    </ul>
  );
}

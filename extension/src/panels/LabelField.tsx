import { useId, useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import { TermOptions } from './TermOptions.tsx';
import { useTermChoices, type FindTerms } from './useTermChoices.ts';

/** SegmentLabel (0062,0005) has VR LO. */
const LONGEST_LABEL = 64;

/**
 * The name of a segment, with the coded terms for what is typed below it: arrows choose one, Enter takes it, or what
 * was typed where none is chosen. Leaving takes effect, too; Escape takes it back.
 */
export function LabelField(props: {
  readonly label: string;
  readonly findTerms: FindTerms;
  readonly onChange: (label: string) => void;
}): ReactElement {
  const { label, findTerms, onChange } = props;
  const listId = useId();
  const field = useRef<HTMLInputElement>(null);
  const [draft, setDraft] = useState<string | null>(null);
  const [chosen, setChosen] = useState(-1);
  const choices = useTermChoices(draft?.trim() ? draft.trim() : null, findTerms);

  const begin = (text: string | null): void => {
    setDraft(text);
    setChosen(-1);
  };
  const take = (text: string | null): void => {
    const wanted = text?.trim() ?? '';
    if (wanted !== '' && wanted !== label) onChange(wanted);
    begin(null);
  };
  /** The viewer's hot keys act again. Later, since what is left now would still be the old text. */
  const takeAndLeave = (text: string | null): void => {
    take(text);
    setTimeout(() => field.current?.blur());
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    // The viewer's hot keys are letters: they must not act while a name is typed.
    event.stopPropagation();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && choices.length > 0) {
      event.preventDefault();
      // One place more than there are terms: what was typed.
      const places = choices.length + 1;
      setChosen(((chosen + 1 + step + places) % places) - 1);
    }
    if (event.key === 'Escape') takeAndLeave(null);
    if (event.key === 'Enter') takeAndLeave(choices[chosen]?.label ?? draft);
  };
  return (
    <div className="tomoclick-naming">
      <input
        ref={field}
        className="tomoclick-label"
        role="combobox"
        aria-label={`Name of ${label}`}
        aria-autocomplete="list"
        aria-expanded={choices.length > 0}
        aria-controls={listId}
        {...(choices[chosen] && { 'aria-activedescendant': `${listId}-${chosen}` })}
        title="Type a name; coded terms appear below"
        value={draft ?? label}
        maxLength={LONGEST_LABEL}
        spellCheck={false}
        autoComplete="off"
        onFocus={event => event.target.select()}
        onChange={event => begin(event.target.value)}
        onBlur={() => take(draft)}
        onKeyDown={onKeyDown}
      />
      <TermOptions id={listId} choices={choices} chosen={chosen} onChoose={takeAndLeave} />
    </div>
  );
}

import type { ReactElement } from 'react';

/** What a task or a set of examples is called. */
export function TitleField(props: {
  readonly label: string;
  readonly title: string;
  readonly onChange: (typed: string) => void;
  /** For tests. */
  readonly name: string;
}): ReactElement {
  const { label, title, onChange, name } = props;
  return (
    <input
      className="tomoclick-text"
      aria-label={label}
      placeholder={label}
      maxLength={64}
      value={title}
      onChange={event => onChange(event.target.value)}
      onKeyDown={event => event.stopPropagation()}
      data-cy={`tomoclick-${name}`}
    />
  );
}

import type { ReactElement } from 'react';
import { Icon, type IconName } from './Icon.tsx';

export interface Choice<Value extends string> {
  readonly value: Value;
  readonly icon: IconName;
  readonly label: string;
  readonly title: string;
}

/**
 * Buttons side by side, of which one is chosen. No radio buttons: arrow keys are the viewer's, which scrolls with them,
 * also after one of these was clicked.
 */
export function ChoiceRow<Value extends string>(props: {
  /** For style sheet and tests. */
  readonly name: string;
  readonly label: string;
  readonly choices: readonly Choice<Value>[];
  readonly chosen: Value;
  readonly onChange: (value: Value) => void;
}): ReactElement {
  return (
    <div className={`tomoclick-switch ${props.name}`} role="group" aria-label={props.label}>
      {props.choices.map(({ value, icon, label, title }) => (
        <button
          key={value}
          type="button"
          value={value}
          aria-pressed={value === props.chosen}
          title={title}
          onClick={() => props.onChange(value)}
          data-cy={`${props.name}-${value}`}
        >
          <Icon name={icon} /> {label}
        </button>
      ))}
    </div>
  );
}

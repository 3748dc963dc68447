import type { ReactElement } from 'react';
import type { Polarity } from '../domain/promptSession.ts';
import { Icon } from './Icon.tsx';

const CHOICES = [
  {
    polarity: 'include',
    icon: 'plus',
    label: 'Include',
    title: 'A click adds the structure under it (X switches)',
  },
  {
    polarity: 'exclude',
    icon: 'minus',
    label: 'Exclude',
    title: 'A click takes away what is under it (X switches)',
  },
] as const;

/** What a plain click, and what is drawn, means. */
export function PolaritySwitch(props: {
  readonly polarity: Polarity;
  readonly onChange: (polarity: Polarity) => void;
}): ReactElement {
  return (
    <div className="tomoclick-switch" role="radiogroup" aria-label="What a click does">
      {CHOICES.map(({ polarity, icon, label, title }) => (
        <button
          key={polarity}
          type="button"
          role="radio"
          aria-checked={props.polarity === polarity}
          className={`tomoclick-${polarity}`}
          title={title}
          onClick={() => props.onChange(polarity)}
          data-cy={`tomoclick-${polarity}`}
        >
          <Icon name={icon} /> {label}
        </button>
      ))}
    </div>
  );
}

import type { ReactElement } from 'react';
import type { Polarity } from '../domain/promptSession.ts';
import { ChoiceRow, type Choice } from './ChoiceRow.tsx';

const CHOICES: readonly Choice<Polarity>[] = [
  {
    value: 'include',
    icon: 'plus',
    label: 'Include',
    title: 'A click adds the structure under it (X switches)',
  },
  {
    value: 'exclude',
    icon: 'minus',
    label: 'Exclude',
    title: 'A click takes away what is under it (X switches)',
  },
];

/** What a plain click, and what is drawn, means. */
export function PolaritySwitch(props: {
  readonly polarity: Polarity;
  readonly onChange: (polarity: Polarity) => void;
}): ReactElement {
  return (
    <ChoiceRow
      name="tomoclick-polarity"
      label="What a click does"
      choices={CHOICES}
      chosen={props.polarity}
      onChange={props.onChange}
    />
  );
}

import { useState, type ReactElement } from 'react';
import {
  SETTING_LIMITS,
  settingOf,
  usualFolds,
  type JobMethod,
  type JobSettings,
  type NumberSetting,
} from '../domain/jobSettings.ts';
import type { LabelledCase } from '../domain/labelledCase.ts';

const METHODS: readonly { readonly value: JobMethod; readonly text: string }[] = [
  { value: 'samed', text: 'Adapters, decoder' },
  { value: 'vanilla', text: 'Decoder alone' },
];

/** How a task is to be learned, for those who want to say it. */
export function JobSettingsForm(props: {
  readonly settings: JobSettings;
  readonly chosen: readonly LabelledCase[];
  readonly onChange: (change: Partial<JobSettings>) => void;
}): ReactElement {
  const { settings, chosen, onChange } = props;
  const { method, steps, rank, folds } = settings;
  return (
    <details className="tomoclick-part" data-cy="tomoclick-job-settings">
      <summary>Settings</summary>
      <div className="tomoclick-settings">
        <label>
          What is learned
          <select
            value={method}
            onChange={({ target: { value } }) =>
              onChange({ method: METHODS.find(each => each.value === value)?.value ?? method })
            }
            data-cy="tomoclick-setting-method"
          >
            {METHODS.map(({ value, text }) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </select>
        </label>
        <NumberField
          name="steps"
          label="Steps a network"
          value={steps}
          onChange={value => onChange({ steps: value })}
        />
        {method === 'samed' && (
          <NumberField
            name="rank"
            label="Rank of the adapters"
            value={rank}
            onChange={value => onChange({ rank: value })}
          />
        )}
        <NumberField
          name="folds"
          label="Folds held back in turn"
          value={folds ?? usualFolds(chosen)}
          onChange={value => onChange({ folds: value })}
        />
        <p className="tomoclick-hint">
          One network is learned for each fold and one for use: more steps and folds take longer in
          proportion.
        </p>
      </div>
    </details>
  );
}

/** Takes what is typed when the field is left or Enter is pressed. */
function NumberField(props: {
  readonly name: NumberSetting;
  readonly label: string;
  readonly value: number;
  readonly onChange: (value: number) => void;
}): ReactElement {
  const { name, label, value, onChange } = props;
  const [typed, setTyped] = useState<string | null>(null);
  const commit = (): void => {
    const wanted = typed === null ? undefined : settingOf(name, typed);
    setTyped(null);
    if (wanted !== undefined && wanted !== value) onChange(wanted);
  };
  const { min, max } = SETTING_LIMITS[name];
  return (
    <label title={`${min} to ${max}`}>
      {label}
      <input
        type="number"
        {...{ min, max }}
        value={typed ?? value}
        onChange={event => setTyped(event.target.value)}
        onBlur={commit}
        onKeyDown={event => {
          event.stopPropagation();
          if (event.key === 'Enter') commit();
        }}
        data-cy={`tomoclick-setting-${name}`}
      />
    </label>
  );
}

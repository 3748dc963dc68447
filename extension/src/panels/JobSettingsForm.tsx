import { useState, type ReactElement } from 'react';
import {
  hasRank,
  SETTING_LIMITS,
  settingOf,
  SYNTHESIS_SHARE,
  usualFolds,
  type JobMethod,
  type JobSettings,
  type NumberSetting,
  type TunedChange,
  type TunedParts,
} from '../domain/jobSettings.ts';
import type { LabelledCase } from '../domain/labelledCase.ts';

type Choices<Value extends string> = Readonly<Record<Value, string>>;

const METHODS: Choices<JobMethod> = {
  samed: 'SAMed',
  vanilla: 'Decoder alone',
  ma_sam: 'MA-SAM',
  sam_adapter_3d: '3DSAM-adapter',
  finetuned: 'finetune-SAM',
};
const METHOD_HINTS: Choices<JobMethod> = {
  samed: 'Low-rank factors in the image encoder, and a decoder of the task’s own.',
  vanilla: 'The image encoder stays as it is; the task gets a decoder of its own.',
  ma_sam: 'Adapters along the depth in the image encoder, and a decoder of the task’s own.',
  sam_adapter_3d: 'Spatial adapters in the image encoder, and a decoder that looks at several levels.',
  finetuned: 'Parts of the base go on learning, as chosen below.',
};
const PARTS: Choices<TunedParts> = { 'encoder+decoder': 'Encoder, decoder', decoder: 'Decoder' };
const CHANGES: Choices<TunedChange> = {
  vanilla: 'All weights',
  adapter: 'Spatial adapters',
  LoRA: 'Low-rank factors',
};

/** How a task is to be learned, for those who want to say it. */
export function JobSettingsForm(props: {
  readonly settings: JobSettings;
  readonly chosen: readonly LabelledCase[];
  readonly onChange: (change: Partial<JobSettings>) => void;
}): ReactElement {
  const { settings, chosen, onChange } = props;
  const { method, steps, rank, folds, synthesisShare, parts, change } = settings;
  return (
    <details className="tomoclick-part" data-cy="tomoclick-job-settings">
      <summary>Settings</summary>
      <div className="tomoclick-settings">
        <ChoiceField
          name="method"
          label="What is learned"
          choices={METHODS}
          value={method}
          onChange={value => onChange({ method: value })}
        />
        <p className="tomoclick-hint">{METHOD_HINTS[method]}</p>
        {method === 'finetuned' && (
          <>
            <ChoiceField
              name="parts"
              label="Parts"
              choices={PARTS}
              value={parts}
              onChange={value => onChange({ parts: value })}
            />
            <ChoiceField
              name="change"
              label="What changes"
              choices={CHANGES}
              value={change}
              onChange={value => onChange({ change: value })}
            />
          </>
        )}
        <NumberField
          name="steps"
          label="Steps a network"
          value={steps}
          onChange={value => onChange({ steps: value })}
        />
        {hasRank(settings) && (
          <NumberField
            name="rank"
            label="Rank of the factors"
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
        <label title="Shapes of one case in the intensities of another: for few cases">
          Synthesise further samples
          <input
            type="checkbox"
            checked={synthesisShare > 0}
            onChange={({ target: { checked } }) =>
              onChange({ synthesisShare: checked ? SYNTHESIS_SHARE : 0 })
            }
            data-cy="tomoclick-setting-synthesis"
          />
        </label>
        <p className="tomoclick-hint">
          One network is learned for each fold and one for use: more steps and folds take longer in
          proportion.
        </p>
      </div>
    </details>
  );
}

function ChoiceField<Value extends string>(props: {
  readonly name: string;
  readonly label: string;
  readonly choices: Choices<Value>;
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}): ReactElement {
  const { name, label, choices, value, onChange } = props;
  const values = Object.keys(choices) as Value[];
  return (
    <label>
      {label}
      <select
        value={value}
        onChange={({ target }) => onChange(values.find(each => each === target.value) ?? value)}
        data-cy={`tomoclick-setting-${name}`}
      >
        {values.map(each => (
          <option key={each} value={each}>
            {choices[each]}
          </option>
        ))}
      </select>
    </label>
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

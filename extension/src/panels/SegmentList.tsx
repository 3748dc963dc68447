import type { ReactElement } from 'react';
import type { PromptSessionRunner } from '../application/promptSessionRunner.ts';
import { colourFromHex, colourToHex } from '../domain/colours.ts';
import { pendingPrompts, type PromptSession, type SegmentState } from '../domain/promptSession.ts';
import { Icon } from './Icon.tsx';
import { LabelField } from './LabelField.tsx';
import { countText } from './countText.ts';
import { volumeText } from './volumeText.ts';

export function SegmentList(props: {
  readonly session: PromptSession;
  readonly runner: PromptSessionRunner;
}): ReactElement {
  const { session, runner } = props;
  return (
    <section>
      <header className="tomoclick-heading">
        <span>Segments</span>
        <button
          type="button"
          onClick={() => runner.addSegment()}
          title="New segment (N)"
          data-cy="tomoclick-new"
        >
          <Icon name="plus" /> New
        </button>
      </header>
      <ul className="tomoclick-segments" aria-label="Segments">
        {session.segments.map(segment => (
          <SegmentRow
            key={segment.key}
            segment={segment}
            promptCount={segment.prompts.length + pendingPrompts(session, segment.key).length}
            isActive={segment.key === session.activeKey}
            runner={runner}
          />
        ))}
      </ul>
    </section>
  );
}

function SegmentRow(props: {
  readonly segment: SegmentState;
  readonly promptCount: number;
  readonly isActive: boolean;
  readonly runner: PromptSessionRunner;
}): ReactElement {
  const { segment, promptCount, isActive, runner } = props;
  const { key, label, colour, volumeMl } = segment;
  const prompts = countText(promptCount, 'prompt');
  return (
    <li
      className="tomoclick-segment"
      aria-current={isActive}
      // Its button does the same from the keyboard, and is within.
      onClick={() => runner.activate(key)}
      data-cy="tomoclick-segment"
    >
      <input
        type="color"
        aria-label={`Colour of ${label}`}
        title="Colour"
        value={colourToHex(colour)}
        onChange={event => runner.changeSegment(key, { colour: colourFromHex(event.target.value) })}
      />
      <LabelField
        label={label}
        findTerms={runner.findTerms}
        onChange={changed => runner.changeSegment(key, { label: changed })}
      />
      <button
        type="button"
        className="tomoclick-numbers"
        aria-pressed={isActive}
        aria-label={`Work on ${label}, ${volumeMl > 0 ? volumeText(volumeMl) : 'empty'}, ${prompts}`}
        title={isActive ? 'Clicks go to this segment' : 'Have clicks go to this segment'}
      >
        <span data-cy="tomoclick-volume">{volumeText(volumeMl)}</span>
        <small>{prompts}</small>
      </button>
      <button
        type="button"
        className="tomoclick-quiet"
        title={`Remove ${label}`}
        aria-label={`Remove ${label}`}
        onClick={event => {
          event.stopPropagation();
          runner.removeSegment(key);
        }}
      >
        <Icon name="bin" />
      </button>
    </li>
  );
}

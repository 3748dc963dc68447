import type { SegmentationContract } from '@tomoclick/server/contract';
import type { ReactElement } from 'react';
import type { LearnDesk, LearnDeskState } from '../application/learnDesk.ts';

/** A split needs patients on both sides. */
const FEWEST_CASES = 2;

/** The segmentations to learn from, and what is to be known of them before a job begins. */
export function CaseChoice(props: {
  readonly state: LearnDeskState;
  readonly desk: LearnDesk;
}): ReactElement {
  const { desk } = props;
  const { segmentations, chosenIds, title, preview, isBusy } = props.state;
  return (
    <>
      <p className="tomoclick-hint">Choose segmentations of different patients:</p>
      {segmentations.map(segmentation => (
        <label key={segmentation.id} className="tomoclick-row" data-cy="tomoclick-case">
          <input
            type="checkbox"
            checked={chosenIds.includes(segmentation.id)}
            onChange={() => desk.toggle(segmentation.id)}
          />
          <span>
            {labelsOf(segmentation)}
            <small>
              {new Date(segmentation.createdAt).toLocaleString()}, series …
              {segmentation.seriesInstanceUID.slice(-8)}
            </small>
          </span>
        </label>
      ))}
      <input
        className="tomoclick-text"
        aria-label="Name of the task"
        placeholder="Name of the task"
        maxLength={64}
        value={title}
        onChange={event => desk.setTitle(event.target.value)}
        onKeyDown={event => event.stopPropagation()}
        data-cy="tomoclick-task-title"
      />
      {preview && (
        <div data-cy="tomoclick-preview">
          <p className="tomoclick-hint">
            {preview.cases.length} cases of {preview.patients} patients ({preview.modalities.join(', ')}),
            classes {preview.classes.map(({ label }) => label).join(', ') || 'none'}. Each patient is held
            back once: folds {preview.cases.map(({ fold }) => fold).join(', ')}.
          </p>
          {preview.warnings.map(({ detail }, n) => (
            <p key={n} className="tomoclick-warning">
              {detail}
            </p>
          ))}
        </div>
      )}
      <div className="tomoclick-actions">
        <button
          type="button"
          disabled={isBusy || chosenIds.length < FEWEST_CASES}
          onClick={() => void desk.preview()}
          data-cy="tomoclick-preview-job"
        >
          Preview
        </button>
        <button
          type="button"
          disabled={isBusy || !preview?.canStart}
          onClick={() => void desk.begin()}
          title="Look at the preview first"
          data-cy="tomoclick-start-job"
        >
          Start
        </button>
      </div>
    </>
  );
}

function labelsOf({ segments }: SegmentationContract): string {
  return segments
    .filter(({ voxelCount }) => voxelCount > 0)
    .map(({ label }) => label)
    .join(', ');
}

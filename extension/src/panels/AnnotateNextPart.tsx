import { useState, useSyncExternalStore, type ReactElement } from 'react';
import { MOST_CANDIDATES, type RankingDesk } from '../application/rankingDesk.ts';
import { FailureNote } from './FailureNote.tsx';
import { MoreNote } from './MoreNote.tsx';
import { RankingList } from './RankingList.tsx';
import { useWhileOpen } from './useWhileOpen.ts';

const RANKINGS_MS = 2000;
const ARCHIVE_MS = 30_000;

/** The worklist of those who annotate: series of the archive, first the one that a task is least sure of. */
export function AnnotateNextPart(props: {
  readonly desk: RankingDesk;
  /** Where the viewer shows a series. */
  readonly addressOf: (studyInstanceUID: string, seriesInstanceUID: string) => string;
}): ReactElement {
  const { desk, addressOf } = props;
  const [isOpen, setOpen] = useState(false);
  const state = useSyncExternalStore(desk.subscribe, desk.getState, desk.getState);
  useWhileOpen(isOpen, () => desk.refresh(), RANKINGS_MS);
  useWhileOpen(isOpen, () => desk.prepare(), ARCHIVE_MS);
  const { subjects, subjectKey, series, typed, ranking, order, isBusy, failure } = state;
  const { mostStudies, isAll } = state;
  const count = desk.candidates().length;
  return (
    <details
      className="tomoclick-part"
      onToggle={event => event.currentTarget === event.target && setOpen(event.currentTarget.open)}
      data-cy="tomoclick-annotate-next"
    >
      <summary>Annotate next: where a task is unsure</summary>
      <div>
        {subjects?.length === 0 && (
          <p className="tomoclick-hint">
            Nothing can be unsure yet: promote a task, or make a set of two examples at least.
          </p>
        )}
        {subjects && subjects.length > 0 && (
          <div className="tomoclick-settings">
            <label>
              Unsure is
              <select
                value={subjectKey ?? ''}
                onChange={event => desk.choose(event.target.value)}
                onKeyDown={event => event.stopPropagation()}
                data-cy="tomoclick-ranking-subject"
              >
                {subjects.map(({ key, title }) => (
                  <option key={key} value={key}>
                    {title}
                  </option>
                ))}
              </select>
            </label>
          </div>
        )}
        {subjects && subjects.length > 0 && (
          <>
            <input
              className="tomoclick-text"
              type="search"
              aria-label="Find series to rank"
              placeholder="All series; or patient, series, study"
              value={typed}
              onChange={event => desk.find(event.target.value)}
              onKeyDown={event => event.stopPropagation()}
              data-cy="tomoclick-find-candidates"
            />
            {!isAll && (
              <MoreNote
                text={`Of the first ${mostStudies} studies of the archive; the others are not listed.`}
                onMore={() => desk.showMore()}
                name="candidates"
              />
            )}
            <div className="tomoclick-actions">
              <button
                type="button"
                disabled={isBusy || count === 0 || count > MOST_CANDIDATES}
                onClick={() => void desk.begin()}
                title={
                  count > MOST_CANDIDATES
                    ? `${MOST_CANDIDATES} at most: narrow the search`
                    : 'Runs in the background, while nobody runs a task'
                }
                data-cy="tomoclick-begin-ranking"
              >
                {series === null ? 'Looking into the archive …' : `Rank ${count} series`}
              </button>
            </div>
          </>
        )}
        {ranking && (
          <RankingList
            {...{ ranking, order, isBusy, addressOf }}
            onCancel={() => void desk.cancel(ranking.id)}
            onForget={() => void desk.remove(ranking.id)}
          />
        )}
        <FailureNote failure={failure} />
      </div>
    </details>
  );
}

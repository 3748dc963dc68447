import { useSyncExternalStore, type ReactElement } from 'react';
import type { TaskDesk } from '../application/taskDesk.ts';
import { FailureNote } from './FailureNote.tsx';
import { OtherBaseHint } from './OtherBaseHint.tsx';
import { qualityText } from './qualityText.ts';

/** Every task of the registry, to be promoted and retired. */
export function LearnedTasks(props: {
  readonly desk: TaskDesk;
  readonly cardAddress: (taskId: string) => string;
}): ReactElement {
  const { desk, cardAddress } = props;
  const { tasks, failure } = useSyncExternalStore(desk.subscribe, desk.getState, desk.getState);
  return (
    <>
      {tasks.map(task => {
        const change = task.state === 'promoted' ? 'retire' : 'promote';
        return (
          <div key={task.id} className="tomoclick-row" data-cy="tomoclick-learned" data-state={task.state}>
            <span>
              {task.title}, {task.state}
              <small>{qualityText(task.quality)}</small>
              <OtherBaseHint task={task} />
            </span>
            <a href={cardAddress(task.id)} target="_blank" rel="noreferrer">
              Card
            </a>
            <button
              type="button"
              onClick={() => void desk.change(task, change)}
              data-cy={`tomoclick-${change}-task`}
            >
              {change === 'promote' ? 'Promote' : 'Retire'}
            </button>
          </div>
        );
      })}
      <FailureNote failure={failure} />
    </>
  );
}

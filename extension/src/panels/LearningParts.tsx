import { useState, type ReactElement } from 'react';
import { LearnDesk } from '../application/learnDesk.ts';
import { TaskDesk } from '../application/taskDesk.ts';
import type { Tomoclick } from '../tomoclick.ts';
import { LearnPart } from './LearnPart.tsx';
import { learningStyle } from './learningStyle.ts';
import { TaskPart } from './TaskPart.tsx';

/** What was learned, and how more is; closed until it is wanted. */
export function LearningParts({ tomoclick }: { readonly tomoclick: Tomoclick }): ReactElement {
  const [desks] = useState(() => ({
    tasks: new TaskDesk(tomoclick.learning, ms => new Promise(resolve => setTimeout(resolve, ms))),
    learn: new LearnDesk(tomoclick.learning),
  }));
  return (
    <>
      <style>{learningStyle}</style>
      <TaskPart
        desk={desks.tasks}
        modality={tomoclick.activeModality}
        runner={tomoclick.activeRunner}
        cardAddress={id => tomoclick.learning.cardAddress(id)}
      />
      <LearnPart
        desk={desks.learn}
        tasks={desks.tasks}
        cardAddress={id => tomoclick.learning.cardAddress(id)}
      />
    </>
  );
}

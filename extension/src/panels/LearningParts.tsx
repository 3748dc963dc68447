import type { TaskRunContract } from '@tomoclick/server/contract';
import type { ReactElement } from 'react';
import type { RunKind } from '../application/runDesk.ts';
import type { SeriesReference } from '../ports/segmentationApi.ts';
import type { Tomoclick } from '../tomoclick.ts';
import { AnnotateNextPart } from './AnnotateNextPart.tsx';
import { ExemplarPart } from './ExemplarPart.tsx';
import { LearnPart } from './LearnPart.tsx';
import { learningStyle } from './learningStyle.ts';
import { TaskPart } from './TaskPart.tsx';

type Begin = (id: string, series: SeriesReference, segmentationId: string | null) => Promise<TaskRunContract>;

/** What segments without clicks: examples, what was learned, how more is, and from what; closed until it is wanted. */
export function LearningParts({ tomoclick }: { readonly tomoclick: Tomoclick }): ReactElement {
  const { activeRunner: runner, activeModality: modality, learning } = tomoclick;
  const { tasks, learn, cases, exemplars, runs, rankings } = tomoclick.desks;
  const cardAddress = (id: string): string => learning.cardAddress(id);
  const running = (kind: RunKind, begin: Begin) =>
    runner &&
    (({ id, title }: { readonly id: string; readonly title: string }): void => {
      const { series } = runner;
      const beginHere = async (): Promise<TaskRunContract> =>
        begin(id, series, await runner.beginSegmentation());
      void runs.run(kind, title, beginHere, found => tomoclick.showFound(series, found));
    });
  return (
    <>
      <style>{learningStyle}</style>
      <ExemplarPart
        {...{ cases, runs, modality, desk: exemplars }}
        onRun={running('exemplar-set', (...of) => learning.runExemplarSet(...of))}
      />
      <TaskPart
        {...{ runs, modality, cardAddress, desk: tasks }}
        onRun={running('task', (...of) => learning.run(...of))}
      />
      <LearnPart {...{ cases, tasks, cardAddress, desk: learn }} />
      <AnnotateNextPart desk={rankings} addressOf={(...of) => tomoclick.addressOf(...of)} />
    </>
  );
}

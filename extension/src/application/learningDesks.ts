import type { StoredCase } from '../domain/labelledCase.ts';
import type { ArchiveSeries } from '../ports/archiveSeries.ts';
import type { LearningApi } from '../ports/learningApi.ts';
import type { SeriesFactsSource } from '../ports/seriesFacts.ts';
import { CaseDesk } from './caseDesk.ts';
import { ExemplarDesk } from './exemplarDesk.ts';
import { LearnDesk } from './learnDesk.ts';
import { RankingDesk } from './rankingDesk.ts';
import { RunDesk } from './runDesk.ts';
import { TaskDesk } from './taskDesk.ts';

/** What segments without clicks, as the panel follows it. What is chosen stays when the reader goes to another study. */
export class LearningDesks {
  readonly tasks: TaskDesk;
  readonly learn: LearnDesk;
  readonly exemplars: ExemplarDesk;
  readonly cases: CaseDesk;
  readonly runs: RunDesk;
  readonly rankings: RankingDesk;

  constructor(
    api: LearningApi,
    facts: SeriesFactsSource & ArchiveSeries,
    /** Segmentations of the study in view. */
    storedInView: () => readonly StoredCase[],
    delay: (ms: number) => Promise<void>,
  ) {
    this.tasks = new TaskDesk(api);
    this.learn = new LearnDesk(api);
    this.exemplars = new ExemplarDesk(api, facts);
    this.cases = new CaseDesk(api, facts, storedInView);
    this.runs = new RunDesk(api, delay);
    this.rankings = new RankingDesk(api, facts);
  }
}

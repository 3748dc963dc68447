import type { AnnotationRankingContract, RankedSeriesContract } from '@tomoclick/server/contract';
import { candidatesFor, subjectsOf, type RankingSubject } from '../domain/annotationOrder.ts';
import { failureOf, type Failure } from '../domain/failure.ts';
import { isFound, type DescribedSeries } from '../domain/labelledCase.ts';
import type { ArchiveSeries } from '../ports/archiveSeries.ts';
import type { LearningApi } from '../ports/learningApi.ts';
import type { SeriesFactsSource } from '../ports/seriesFacts.ts';
import { Desk } from './desk.ts';
import { Looks } from './looks.ts';

/** A series at its place, with what is known of it. */
export type DescribedRank = RankedSeriesContract & DescribedSeries;

export interface RankingDeskState {
  /** Null until they are known. */
  readonly subjects: readonly RankingSubject[] | null;
  readonly subjectKey: string | null;
  /** Of the archive; null until they are known. */
  readonly series: readonly DescribedSeries[] | null;
  /** Of so many of its studies. */
  readonly mostStudies: number;
  /** False where the archive has more. */
  readonly isAll: boolean;
  /** What candidates are looked for by. */
  readonly typed: string;
  /** The newest; null where there is none. */
  readonly ranking: AnnotationRankingContract | null;
  /** Its series, in its order. */
  readonly order: readonly DescribedRank[];
  readonly isBusy: boolean;
  readonly failure: Failure | null;
}

/** Each is asked for its series. */
const STUDIES_AT_ONCE = 100;
/** The server takes no more in one ranking. */
export const MOST_CANDIDATES = 200;

type RankingApi = Pick<
  LearningApi,
  'tasks' | 'exemplarSets' | 'newestRanking' | 'createRanking' | 'cancelRanking' | 'deleteRanking'
>;

/** Finds out which series of the archive to annotate next. */
export class RankingDesk extends Desk<RankingDeskState> {
  private readonly looks = new Looks(
    () => this.getState().failure,
    failure => this.become({ failure }),
  );

  constructor(
    private readonly api: RankingApi,
    private readonly archive: SeriesFactsSource & ArchiveSeries,
  ) {
    super({
      ...{ subjects: null, subjectKey: null, series: null, typed: '', ranking: null, order: [] },
      ...{ mostStudies: STUDIES_AT_ONCE, isAll: true },
      ...{ isBusy: false, failure: null },
    });
  }

  /** What there is to choose from. */
  prepare(): Promise<void> {
    return this.looks.look(async () => {
      const { mostStudies } = this.getState();
      const [{ tasks }, { exemplarSets }, { items: series, isAll }] = await Promise.all([
        ...([this.api.tasks(), this.api.exemplarSets()] as const),
        this.archive.list(mostStudies),
      ]);
      // More is wanted by now.
      if (this.getState().mostStudies !== mostStudies) return;
      const subjects = subjectsOf(tasks, exemplarSets);
      const isThere = subjects.some(({ key }) => key === this.getState().subjectKey);
      this.become({ subjects, series, isAll, ...(!isThere && { subjectKey: subjects[0]?.key ?? null }) });
    });
  }

  /** Of the archive, studies beyond those that were looked at, too. */
  showMore(): Promise<void> {
    this.become({ mostStudies: this.getState().mostStudies + STUDIES_AT_ONCE });
    return this.prepare();
  }

  /** The ranking as it is at the server. */
  refresh(): Promise<void> {
    return this.looks.look(async () => {
      const ranking = await this.api.newestRanking();
      this.become({ ranking, order: await this.describe(ranking) });
    });
  }

  choose(subjectKey: string): void {
    this.become({ subjectKey });
  }

  find(typed: string): void {
    this.become({ typed });
  }

  /** What would be ranked. */
  candidates(): readonly DescribedSeries[] {
    const { series, typed } = this.getState();
    return candidatesFor(this.subject(), series ?? []).filter(each => isFound(each, typed));
  }

  begin(): Promise<void> {
    return this.busily(async () => {
      const subject = this.subject();
      if (!subject) return;
      const series = this.candidates()
        .slice(0, MOST_CANDIDATES)
        .map(({ studyInstanceUID, seriesInstanceUID }) => ({ studyInstanceUID, seriesInstanceUID }));
      await this.api.createRanking({ origin: { ...subject.origin }, series });
    });
  }

  cancel(id: string): Promise<void> {
    return this.busily(() => this.api.cancelRanking(id));
  }

  remove(id: string): Promise<void> {
    return this.busily(() => this.api.deleteRanking(id));
  }

  private subject(): RankingSubject | undefined {
    const { subjects, subjectKey } = this.getState();
    return subjects?.find(({ key }) => key === subjectKey);
  }

  private describe(ranking: AnnotationRankingContract | null): Promise<readonly DescribedRank[]> {
    const described = (ranking?.series ?? []).map(async each => ({
      ...each,
      facts: await this.archive.describe(each),
    }));
    return Promise.all(described);
  }

  private async busily(work: () => Promise<void>): Promise<void> {
    if (this.getState().isBusy) return;
    this.become({ isBusy: true, failure: null });
    try {
      await work();
    } catch (error) {
      this.become({ failure: failureOf(error) });
    }
    await this.refresh();
    this.become({ isBusy: false });
  }
}

import type { ExemplarSetContract } from '@tomoclick/server/contract';
import { failureOf, type Failure } from '../domain/failure.ts';
import { withToggled } from '../domain/caseSelection.ts';
import { patientText, type LabelledCase } from '../domain/labelledCase.ts';
import type { LearningApi } from '../ports/learningApi.ts';
import type { SeriesFactsSource } from '../ports/seriesFacts.ts';
import { Desk } from './desk.ts';
import { Looks } from './looks.ts';

/** A set, with whom its cases are of, in their order. */
export interface DescribedSet {
  readonly set: ExemplarSetContract;
  readonly patients: readonly string[];
}

export interface ExemplarDeskState {
  /** Newest first; null until they are known. */
  readonly sets: readonly DescribedSet[] | null;
  /** In the order chosen. */
  readonly chosen: readonly LabelledCase[];
  readonly title: string;
  readonly isBusy: boolean;
  readonly failure: Failure | null;
}

/** Makes sets of examples, and forgets them. */
export class ExemplarDesk extends Desk<ExemplarDeskState> {
  private readonly looks = new Looks(
    () => this.getState().failure,
    failure => this.become({ failure }),
  );

  constructor(
    private readonly api: Pick<LearningApi, 'exemplarSets' | 'createExemplarSet' | 'deleteExemplarSet'>,
    private readonly facts: SeriesFactsSource,
  ) {
    super({ sets: null, chosen: [], title: '', isBusy: false, failure: null });
  }

  refresh(): Promise<void> {
    return this.looks.look(async () => this.become({ sets: await this.list() }));
  }

  toggle(labelledCase: LabelledCase): void {
    this.become({ chosen: withToggled(this.getState().chosen, labelledCase) });
  }

  setTitle(title: string): void {
    this.become({ title });
  }

  create(): Promise<void> {
    return this.busily(async () => {
      const { title, chosen } = this.getState();
      const name = title.trim() === '' ? 'Examples' : title.trim();
      await this.api.createExemplarSet({ title: name, cases: chosen.map(({ request }) => request) });
      this.become({ chosen: [], title: '' });
    });
  }

  remove(id: string): Promise<void> {
    return this.busily(() => this.api.deleteExemplarSet(id));
  }

  private async list(): Promise<readonly DescribedSet[]> {
    const { exemplarSets } = await this.api.exemplarSets();
    const describe = async (each: ExemplarSetContract['cases'][number]): Promise<string> =>
      patientText({ ...each, facts: await this.facts.describe(each) });
    return Promise.all(
      exemplarSets.map(async set => ({ set, patients: await Promise.all(set.cases.map(describe)) })),
    );
  }

  private async busily(work: () => Promise<void>): Promise<void> {
    if (this.getState().isBusy) return;
    this.become({ isBusy: true, failure: null });
    try {
      await work();
      this.become({ sets: await this.list() });
    } catch (error) {
      this.become({ failure: failureOf(error) });
    }
    this.become({ isBusy: false });
  }
}

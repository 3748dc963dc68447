import { failureOf, type Failure } from '../domain/failure.ts';
import {
  caseOfSegmentation,
  caseOfStored,
  type LabelledCase,
  type StoredCase,
} from '../domain/labelledCase.ts';
import type { LearningApi } from '../ports/learningApi.ts';
import type { SeriesFactsSource } from '../ports/seriesFacts.ts';
import { Desk } from './desk.ts';

/** More would make the list slow to read, again and again. */
const AT_ONCE = 200;

export interface CaseDeskState {
  /** Segmentations with something in them, newest first; null until they are known. */
  readonly cases: readonly LabelledCase[] | null;
  /** So many segmentations of the server were looked at. */
  readonly most: number;
  /** False where the server has more. */
  readonly isAll: boolean;
  readonly failure: Failure | null;
}

/** What can be chosen as an example or to learn from: segmentations of the server, and those of the archive met so far. */
export class CaseDesk extends Desk<CaseDeskState> {
  /** By SOPInstanceUID: those of studies that were shown before stay on offer. */
  private readonly met = new Map<string, StoredCase>();

  constructor(
    private readonly api: Pick<LearningApi, 'segmentations'>,
    private readonly facts: SeriesFactsSource,
    /** Of the study in view. */
    private readonly storedInView: () => readonly StoredCase[],
  ) {
    super({ cases: null, most: AT_ONCE, isAll: true, failure: null });
  }

  /** Of the server, those edited before, too. */
  showMore(): Promise<void> {
    this.become({ most: this.getState().most + AT_ONCE });
    return this.refresh();
  }

  async refresh(): Promise<void> {
    const { most } = this.getState();
    // A shorter list may come after the longer one that was asked for behind it.
    const isWanted = (): boolean => this.getState().most === most;
    try {
      const { items: segmentations, isAll } = await this.api.segmentations(most);
      for (const stored of this.storedInView()) this.met.set(stored.sopInstanceUID, stored);
      // What was saved from here is on the list already.
      const own = new Set(
        segmentations.flatMap(({ stored }) => stored.map(({ sopInstanceUID }) => sopInstanceUID)),
      );
      const foreign = [...this.met.values()].filter(({ sopInstanceUID }) => !own.has(sopInstanceUID));
      const cases = [
        ...segmentations.flatMap(segmentation => caseOfSegmentation(segmentation) ?? []),
        ...foreign.map(caseOfStored),
      ];
      const described = await Promise.all(
        cases.map(async each => ({ ...each, facts: await this.facts.describe(each) })),
      );
      described.sort((a, b) => (a.madeAt < b.madeAt ? 1 : a.madeAt > b.madeAt ? -1 : 0));
      if (isWanted()) this.become({ cases: described, isAll, failure: null });
    } catch (error) {
      if (isWanted()) this.become({ failure: failureOf(error) });
    }
  }
}

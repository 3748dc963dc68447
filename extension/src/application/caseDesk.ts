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

export interface CaseDeskState {
  /** Segmentations with something in them, newest first; null until they are known. */
  readonly cases: readonly LabelledCase[] | null;
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
    super({ cases: null, failure: null });
  }

  async refresh(): Promise<void> {
    try {
      const segmentations = await this.api.segmentations();
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
      this.become({ cases: described, failure: null });
    } catch (error) {
      this.become({ failure: failureOf(error) });
    }
  }
}

import type {
  AnnotationRankingContract,
  ExemplarSetContract,
  RankedSeriesContract,
  TaskContract,
} from '@tomoclick/server/contract';
import type { DescribedSeries } from './labelledCase.ts';

/** What can be unsure of a series: a task, or an exemplar set. */
export interface RankingSubject {
  readonly key: string;
  readonly title: string;
  readonly origin:
    | { readonly kind: 'task'; readonly taskId: string }
    | { readonly kind: 'exemplar-set'; readonly exemplarSetId: string };
  readonly modalities: readonly string[];
}

/** One answer has nothing to be compared with. */
const LEAST_EXAMPLES = 2;

/** Tasks that can be run, then sets that have parts. */
export function subjectsOf(
  tasks: readonly TaskContract[],
  sets: readonly ExemplarSetContract[],
): readonly RankingSubject[] {
  const runnable = tasks.filter(({ state, isRunnable }) => state === 'promoted' && isRunnable);
  return [
    ...runnable.map(({ id, title, modalities }): RankingSubject => ({
      ...{ key: `task ${id}`, title, modalities, origin: { kind: 'task', taskId: id } },
    })),
    ...sets
      .filter(({ cases }) => cases.length >= LEAST_EXAMPLES)
      .map(({ id, title, modalities }): RankingSubject => ({
        ...{ key: `set ${id}`, title: `like “${title}”`, modalities },
        origin: { kind: 'exemplar-set', exemplarSetId: id },
      })),
  ];
}

/** Of its modalities; series of which the archive does not say it are no candidates. */
export function candidatesFor(
  subject: RankingSubject | undefined,
  series: readonly DescribedSeries[],
): readonly DescribedSeries[] {
  return series.filter(({ facts }) => facts && subject?.modalities.includes(facts.modality));
}

export function isOpen({ state }: Pick<AnnotationRankingContract, 'state'>): boolean {
  return state.kind === 'queued' || state.kind === 'running';
}

/** What the study list says of a study. */
export interface StudySuggestion {
  /** Undefined where nothing is to be gained, or nothing is known. */
  readonly rank: number | undefined;
  readonly text: string;
}

/** Of the study's series the one that is to be annotated first. */
export function suggestionFor(
  ranking: AnnotationRankingContract | null,
  studyInstanceUID: string,
): StudySuggestion | undefined {
  const first = ranking?.series.find(each => each.studyInstanceUID === studyInstanceUID);
  if (!ranking || !first) return undefined;
  return { rank: first.rank ?? undefined, text: suggestionText(first, ranking.title) };
}

function suggestionText({ rank, score, outcome }: RankedSeriesContract, title: string): string {
  if (rank !== null && score !== null) return `${rank}. ${title}, ${score.toFixed(2)}`;
  return { waiting: '…', compared: 'nothing found', 'left-out': 'not compared', annotated: 'annotated' }[
    outcome
  ];
}

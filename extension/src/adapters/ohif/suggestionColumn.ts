import type { StudySuggestion } from '../../domain/annotationOrder.ts';
import type { CustomizationService, CustomizedColumns, WorkListColumn } from '../../ports/ohif.ts';

/** Which study to annotate next, by the newest ranking that the reader may see. */
export interface StudySuggestions {
  /** Undefined where there is no ranking, or none of its series is of the study. */
  suggestionOf(studyInstanceUID: string): StudySuggestion | undefined;
  isRanked(): boolean;
  /** @param listener told when any of it may have changed @returns ends it */
  onChanged(listener: () => void): () => void;
}

interface StudyRow {
  readonly studyInstanceUid: string;
}

interface TableRow {
  readonly original: StudyRow;
}

const COLUMN_ID = 'tomoclick-annotate-next';

/** OHIF's customization that adds the column where there is something to show in it, and takes it away where not. */
export function suggestionColumn(suggestions: StudySuggestions): CustomizedColumns {
  const textOf = ({ original }: TableRow): string =>
    suggestions.suggestionOf(original.studyInstanceUid)?.text ?? '';
  const withSuggestions = (columns: readonly WorkListColumn[]): readonly WorkListColumn[] => {
    const others = columns.filter(({ id }) => id !== COLUMN_ID);
    const [first] = others;
    if (!first || !suggestions.isRanked()) return others;
    const column = {
      id: COLUMN_ID,
      // The other columns' heading: it names the column, and sorts by it.
      header: first.header,
      accessorFn: ({ studyInstanceUid }: StudyRow) => suggestions.suggestionOf(studyInstanceUid)?.rank,
      sortUndefined: 'last',
      sortingFn: 'basic',
      filterFn: (row: TableRow, _id: string, typed: string) =>
        textOf(row).toLowerCase().includes(typed.toLowerCase()),
      cell: ({ row }: { readonly row: TableRow }) => textOf(row),
      meta: { label: 'Annotate next', minWidth: 170 },
    };
    // The last one is the menu at the end of the row.
    return [...others.slice(0, -1), column, ...others.slice(-1)];
  };
  return { 'workList.columns': { $apply: withSuggestions } };
}

/**
 * The study list takes its columns when it is shown: they are changed before, as rankings come and go. OHIF must have
 * its own columns already, as it has once a mode is entered.
 * @returns ends it
 */
export function followRankings(suggestions: StudySuggestions, service: CustomizationService): () => void {
  let isShown: boolean | undefined;
  const follow = (): void => {
    if (suggestions.isRanked() === isShown) return;
    isShown = suggestions.isRanked();
    service.setCustomizations(suggestionColumn(suggestions), service.Scope.Global);
  };
  follow();
  return suggestions.onChanged(follow);
}

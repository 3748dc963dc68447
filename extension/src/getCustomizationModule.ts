import type { StudySuggestion } from './domain/annotationOrder.ts';

/** A column of OHIF's study list (TanStack Table); names are OHIF's. */
interface StudyColumn {
  readonly id: string;
  readonly header: unknown;
}

interface StudyRow {
  readonly studyInstanceUid: string;
}

interface TableRow {
  readonly original: StudyRow;
}

const COLUMN_ID = 'tomoclick-annotate-next';

/** Adds to the study list which study to annotate next, by the newest ranking. */
export function getCustomizationModule(
  suggestionOf: (studyInstanceUID: string) => StudySuggestion | undefined,
) {
  const textOf = ({ original }: TableRow): string => suggestionOf(original.studyInstanceUid)?.text ?? '';
  const withSuggestions = (columns: readonly StudyColumn[]): readonly StudyColumn[] => {
    const [first] = columns;
    if (!first) return columns;
    const column = {
      id: COLUMN_ID,
      // The other columns' heading: it names the column, and sorts by it.
      header: first.header,
      accessorFn: ({ studyInstanceUid }: StudyRow) => suggestionOf(studyInstanceUid)?.rank,
      sortUndefined: 'last',
      sortingFn: 'basic',
      filterFn: (row: TableRow, _id: string, typed: string) =>
        textOf(row).toLowerCase().includes(typed.toLowerCase()),
      cell: ({ row }: { readonly row: TableRow }) => textOf(row),
      meta: { label: 'Annotate next', minWidth: 170 },
    };
    // The last one is the menu at the end of the row.
    return [...columns.slice(0, -1), column, ...columns.slice(-1)];
  };
  return [{ name: 'global', value: { 'workList.columns': { $apply: withSuggestions } } }];
}

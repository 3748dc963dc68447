import { beforeEach, describe, expect, test } from '@jest/globals';
import type { StudySuggestion } from '../../domain/annotationOrder.ts';
import { followRankings, suggestionColumn, type StudySuggestions } from './suggestionColumn.ts';

const header = (): null => null;
const COLUMNS = [
  { id: 'patient', header },
  { id: 'actions', header: 'menu' },
];
const WITH_SUGGESTIONS = ['patient', 'tomoclick-annotate-next', 'actions'];
const RANKING = new Map<string, StudySuggestion>([
  ['1.1', { rank: 2, text: '2. Liver, 0.25' }],
  ['1.2', { rank: undefined, text: 'annotated' }],
]);

let ranking: ReadonlyMap<string, StudySuggestion> | undefined;
let changed: () => void;
const suggestions: StudySuggestions = {
  suggestionOf: study => ranking?.get(study),
  isRanked: () => ranking !== undefined,
  onChanged: listener => {
    changed = listener;
    return () => (changed = () => undefined);
  },
};
beforeEach(() => {
  ranking = RANKING;
});

describe('the study list', () => {
  test('has a column before its menu, sorted by rank and found by what it says', () => {
    const { $apply } = suggestionColumn(suggestions)['workList.columns'];
    const columns = $apply(COLUMNS);
    expect(columns.map(({ id }) => id)).toEqual(WITH_SUGGESTIONS);
    const column = columns[1] as unknown as {
      readonly header: unknown;
      readonly accessorFn: (study: object) => unknown;
      readonly cell: (of: object) => string;
      readonly filterFn: (row: object, id: string, typed: string) => boolean;
    };
    const rows = ['1.1', '1.2', '1.3'].map(studyInstanceUid => ({ original: { studyInstanceUid } }));
    expect(column.header).toBe(header);
    expect(rows.map(({ original }) => column.accessorFn(original))).toEqual([2, undefined, undefined]);
    expect(rows.map(row => column.cell({ row }))).toEqual(['2. Liver, 0.25', 'annotated', '']);
    expect(rows.map(row => column.filterFn(row, '', 'LIVER'))).toEqual([true, false, false]);
    expect($apply([])).toEqual([]);
  });

  test('has its own columns alone where nothing was ranked', () => {
    ranking = undefined;
    expect(suggestionColumn(suggestions)['workList.columns'].$apply(COLUMNS)).toEqual(COLUMNS);
  });

  test('gets the column with the first ranking, and loses it with the last', () => {
    ranking = undefined;
    let shown: readonly { readonly id: string; readonly header: unknown }[] = COLUMNS;
    let changes = 0;
    const unfollow = followRankings(suggestions, {
      Scope: { Global: 'everywhere' },
      setCustomizations: (customizations, scope) => {
        expect(scope).toBe('everywhere');
        changes++;
        shown = customizations['workList.columns'].$apply(shown);
      },
    });
    const become = (next: typeof ranking): readonly string[] => {
      ranking = next;
      changed();
      return shown.map(({ id }) => id);
    };
    expect(shown).toEqual(COLUMNS);
    expect(become(undefined)).toEqual(['patient', 'actions']);
    expect(become(RANKING)).toEqual(WITH_SUGGESTIONS);
    expect(become(new Map())).toEqual(WITH_SUGGESTIONS);
    expect(become(undefined)).toEqual(['patient', 'actions']);
    expect(changes).toBe(3);
    unfollow();
    expect(become(RANKING)).toEqual(['patient', 'actions']);
  });
});

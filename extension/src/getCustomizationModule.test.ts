import { expect, test } from '@jest/globals';
import { getCustomizationModule } from './getCustomizationModule.ts';

test('the study list gets a column before its menu, sorted by rank and found by what it says', () => {
  const known = new Map([
    ['1.1', { rank: 2, text: '2. Liver, 0.25' }],
    ['1.2', { rank: undefined, text: 'annotated' }],
  ]);
  const [module] = getCustomizationModule(study => known.get(study));
  const header = (): null => null;
  const columns = [
    { id: 'patient', header },
    { id: 'actions', header: 'menu' },
  ];
  const changed = module!.value['workList.columns'].$apply(columns);
  expect(changed.map(({ id }) => id)).toEqual(['patient', 'tomoclick-annotate-next', 'actions']);
  const column = changed[1] as unknown as {
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
  expect(module!.value['workList.columns'].$apply([])).toEqual([]);
});

import { expect, test } from '@jest/globals';
import { renderToStaticMarkup } from 'react-dom/server';
import { ANY_CASE, type CaseWish } from '../domain/caseWish.ts';
import type { LabelledCase } from '../domain/labelledCase.ts';
import { CaseFinder } from './CaseFinder.tsx';

const cases = (['saved', 'not saved', 'saved'] as const).map((origin, n): LabelledCase => ({
  ...{ key: `${n}`, studyInstanceUID: '1.2', seriesInstanceUID: '1.3', facts: null, madeAt: '', origin },
  ...{ request: { kind: 'workspace', segmentationId: `${n}` }, labels: [{ label: 'Liver', volumeMl: 1 }] },
}));

function markupOf(wish: CaseWish, chosen: readonly LabelledCase[] = []): string {
  const nothing = (): void => undefined;
  return renderToStaticMarkup(
    <CaseFinder {...{ cases, chosen, wish }} onWish={nothing} onChoose={nothing} />,
  );
}

test('what was looked for, and is not chosen yet, can be chosen at once', () => {
  expect(markupOf({ typed: '', origin: 'saved' })).toContain('Choose all 2 found');
  expect(markupOf({ typed: 'liver', origin: null }, cases.slice(0, 1))).toContain('Choose all 2 found');
  expect(markupOf({ typed: 'liver', origin: null }, cases)).not.toContain('Choose all');
  expect(markupOf(ANY_CASE)).not.toContain('Choose all');
});

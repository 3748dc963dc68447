import { expect, test } from '@jest/globals';
import { ANY_CASE, isWished, toChooseAtOnce, type CaseOrigin } from './caseWish.ts';
import type { LabelledCase } from './labelledCase.ts';

function caseOf(key: string, label: string, origin: CaseOrigin): LabelledCase {
  return {
    ...{ key, studyInstanceUID: '1.2', seriesInstanceUID: '1.3', facts: null, madeAt: '', origin },
    ...{ request: { kind: 'workspace', segmentationId: key }, labels: [{ label, volumeMl: 1 }] },
  };
}

const saved = caseOf('a', 'Liver', 'saved');
const begun = caseOf('b', 'Liver', 'not saved');
const other = caseOf('c', 'Spleen', 'saved');
const cases = [saved, begun, other];

test('segmentations are looked for by words, by how far the work on them has come, or by both', () => {
  expect(cases.filter(each => isWished(each, ANY_CASE))).toEqual(cases);
  expect(cases.filter(each => isWished(each, { typed: 'liver', origin: null }))).toEqual([saved, begun]);
  expect(cases.filter(each => isWished(each, { typed: '', origin: 'saved' }))).toEqual([saved, other]);
  expect(cases.filter(each => isWished(each, { typed: 'liver', origin: 'saved' }))).toEqual([saved]);
});

test('what was looked for can be chosen at once, but never everything there is', () => {
  expect(toChooseAtOnce(cases, [saved], { typed: 'liver', origin: null })).toEqual([begun]);
  expect(toChooseAtOnce(cases, [], { typed: '', origin: 'saved' })).toEqual([saved, other]);
  expect(toChooseAtOnce(cases, [], ANY_CASE)).toEqual([]);
  expect(toChooseAtOnce(cases, [], { typed: '  ', origin: null })).toEqual([]);
});

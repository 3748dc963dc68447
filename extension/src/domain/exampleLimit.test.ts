import { expect, test } from '@jest/globals';
import { exemplarSetRequestSchema } from '@tomoclick/server/contract';
import { MOST_EXAMPLES } from './exampleLimit.ts';

test('a set takes as many examples as the contract does', () => {
  const takes = (count: number): boolean => {
    const segmentationId = '7d444840-9dc0-11d1-b245-5ffdce74fad2';
    const cases = Array.from({ length: count }, () => ({ kind: 'workspace', segmentationId }));
    return exemplarSetRequestSchema.safeParse({ title: 'Liver', cases }).success;
  };
  expect([0, 1, MOST_EXAMPLES, MOST_EXAMPLES + 1].map(takes)).toEqual([false, true, true, false]);
});

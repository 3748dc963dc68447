import { describe, expect, test } from '@jest/globals';
import { EmbeddingLedger } from './embeddingLedger.ts';

describe('embedding ledger', () => {
  test('names the least recently used ones beyond the budget', () => {
    const ledger = new EmbeddingLedger(30);
    expect([ledger.add('a', 10), ledger.add('b', 10), ledger.add('c', 10)].flat()).toEqual([]);
    ledger.touch('a');
    expect(ledger.add('d', 15)).toEqual(['b', 'c']);
    expect(['a', 'b', 'c', 'd'].filter(key => ledger.has(key))).toEqual(['a', 'd']);
  });

  test('holds the newest even where it alone is too large', () => {
    const ledger = new EmbeddingLedger(5);
    expect(ledger.add('a', 10)).toEqual([]);
    expect(ledger.add('b', 10)).toEqual(['a']);
    expect(ledger.has('b')).toBe(true);
  });

  test('counts a key that comes again once', () => {
    const ledger = new EmbeddingLedger(20);
    ledger.add('a', 10);
    ledger.add('a', 10);
    expect(ledger.add('b', 10)).toEqual([]);
    ledger.clear();
    expect(ledger.has('b')).toBe(false);
    expect(ledger.add('c', 20)).toEqual([]);
  });
});

import { expect, test } from '@jest/globals';
import type { KeptClick } from '../../domain/keptClick.ts';
import { sessionClickKeeper } from './sessionClickKeeper.ts';

const SERIES = { studyInstanceUID: '1.2', seriesInstanceUID: '1.2.3' };
const CLICK: KeptClick = {
  promptId: 'one',
  prompt: { kind: 'point', pointLps: [1, 2, 3], polarity: 'include' },
  segmentationId: null,
  segment: { key: 'a', segmentNumber: null, label: 'Segment 1', colour: [1, 2, 3] },
};

function fakeStorage(): Map<string, string> & Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> {
  const items = new Map<string, string>();
  return Object.assign(items, {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  });
}

test('what is kept takes the place of what was, and is handed over once', () => {
  const storage = fakeStorage();
  const keeper = sessionClickKeeper(() => storage);
  keeper.keep(SERIES, [CLICK]);
  expect(keeper.take(SERIES)).toEqual([CLICK]);
  expect(keeper.take(SERIES)).toEqual([]);
  keeper.keep(SERIES, [CLICK]);
  keeper.keep(SERIES, []);
  expect(keeper.take(SERIES)).toEqual([]);
});

test('a browser that forbids storage, as to a page in a frame of another, stops no reading', () => {
  const keeper = sessionClickKeeper(() => {
    throw new DOMException('Access is denied for this document.', 'SecurityError');
  });
  expect(() => keeper.keep(SERIES, [CLICK])).not.toThrow();
  expect(keeper.take(SERIES)).toEqual([]);
});

test('what cannot be read is forgotten', () => {
  const storage = fakeStorage();
  const keeper = sessionClickKeeper(() => storage);
  keeper.keep(SERIES, [CLICK]);
  for (const key of storage.keys()) storage.set(key, '{');
  expect(keeper.take(SERIES)).toEqual([]);
  expect(storage.size).toBe(0);
});

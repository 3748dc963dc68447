import { describe, expect, test } from '@jest/globals';
import { scribblePromptSchema } from '@tomoclick/server/contract';
import type { PointLps } from './pointLps.ts';
import { MOST_PATH_POINTS, thinnedPath } from './thinnedPath.ts';

const along = (x: number): PointLps => [x, 0, 7];

describe('thinning a path', () => {
  test('leaves one of as many points as are allowed as it is', () => {
    const path = [0, 0, 0.1, 5].map(along);
    expect(thinnedPath(path, 4)).toBe(path);
  });

  test('keeps the ends, the order and places passed, at even distances however unevenly it was drawn', () => {
    const slow = Array.from({ length: 900 }, (_, n) => along(n / 100));
    const quick = Array.from({ length: 92 }, (_, n) => along(9 + n));
    const path = [...slow, ...quick];
    const thinned = thinnedPath(path, 51);
    expect(thinned.length).toBeLessThanOrEqual(51);
    expect([thinned[0], thinned.at(-1)]).toEqual([along(0), along(100)]);
    const places = thinned.map(point => path.indexOf(point));
    expect(places).toEqual([...new Set(places)].sort((one, other) => one - other));
    const gaps = thinned.slice(1).map(([x], n) => x - thinned[n]![0]);
    // Of 100 mm each of 49 steps may take 2.05; places passed quickly are 1 mm apart.
    expect(Math.max(...gaps)).toBeLessThanOrEqual(2.05 + 1);
  });

  test.each([
    ['a still hand', 10_000, () => along(3)],
    ['a straight line', 4097, along],
    ['even steps that end at rest', 9999, (n: number) => along(Math.min(n, 8190) * 0.1)],
    ['a trembling hand', 9999, (n: number): PointLps => [Math.sin(n * n), Math.cos(n), n / 500]],
  ])('never gives more than are allowed: %s', (_, length, place) => {
    const path = Array.from({ length }, (_, n) => place(n));
    const thinned = thinnedPath(path);
    expect(thinned.length).toBeLessThanOrEqual(MOST_PATH_POINTS);
    expect([thinned[0], thinned.at(-1)]).toEqual([path[0], path.at(-1)]);
  });

  test('allows as many as the contract does', () => {
    const accepts = (length: number): boolean =>
      scribblePromptSchema.safeParse({
        ...{ kind: 'scribble', polarity: 'include' },
        pointsLps: Array.from({ length }, () => [0, 0, 0]),
      }).success;
    expect([accepts(MOST_PATH_POINTS), accepts(MOST_PATH_POINTS + 1)]).toEqual([true, false]);
  });
});

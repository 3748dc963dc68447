import type { PointLps } from './pointLps.ts';

/** As many positions as the server takes in one stroke or outline. */
export const MOST_PATH_POINTS = 4096;

/**
 * A path of at most so many points, its ends among them. Where it has more, points closer along the path (mm) than
 * an even share of its length are left out: a slow hand passes the same places as a quick one.
 */
export function thinnedPath(path: readonly PointLps[], most: number = MOST_PATH_POINTS): readonly PointLps[] {
  if (path.length <= most) return path;
  const steps = path.map((point, n) => distanceMm(path[Math.max(0, n - 1)] ?? point, point));
  // One share fewer than there are gaps between so many points, so that rounding never lets one too many in.
  const share = steps.reduce((sum, step) => sum + step, 0) / (most - 2);
  let passed = 0;
  return path.filter((_, n) => {
    if (n === 0 || n === path.length - 1) return true;
    passed += steps[n] ?? 0;
    if (passed <= share) return false;
    passed = 0;
    return true;
  });
}

function distanceMm(one: PointLps, other: PointLps): number {
  return Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2]);
}

import { norm, subtract, type Vector3 } from './affine.ts';

/** As many as scribbles have in training. */
export const MOST_STROKE_POINTS = 24;
const LEAST_STEP_MM = 2;

/**
 * So many points, at most, evenly along a stroke, its ends among them: a slow hand does not count for more than a
 * quick one.
 * @param pointsLps not empty, in the order drawn
 */
export function evenStroke(
  pointsLps: readonly Vector3[],
  most: number = MOST_STROKE_POINTS,
): readonly Vector3[] {
  const lengths = pointsLps.map((point, n) => norm(subtract(point, pointsLps[Math.max(0, n - 1)] ?? point)));
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const count = Math.min(most, Math.floor(total / LEAST_STEP_MM) + 1);
  if (count < 2) return pointsLps.slice(0, 1);
  const even: Vector3[] = [];
  let n = 0;
  let passed = 0;
  for (let wanted = 0; wanted < count; wanted++) {
    const at = (total * wanted) / (count - 1);
    while (n + 1 < pointsLps.length && passed + lengths[n + 1]! < at) passed += lengths[++n]!;
    const from = pointsLps[n]!;
    const to = pointsLps[Math.min(n + 1, pointsLps.length - 1)]!;
    const step = lengths[n + 1] ?? 0;
    const share = step > 0 ? Math.min(1, (at - passed) / step) : 0;
    const between = (axis: 0 | 1 | 2): number => from[axis] + share * (to[axis] - from[axis]);
    even.push([between(0), between(1), between(2)]);
  }
  return even;
}

import type { Vector3 } from '../../domain/affine.ts';
import { capsule, type Implicit } from './implicit.ts';

/** A point of a tube's centre line (LPS mm) and the tube's radius there (mm): x, y, z, radius. */
export type TubePoint = readonly [number, number, number, number];

/** Points along a Catmull-Rom spline through `points`, about `stepMm` apart. */
export function smoothPath(points: readonly TubePoint[], stepMm: number): TubePoint[] {
  const path: TubePoint[] = [];
  for (let i = 0; i + 1 < points.length; i++) {
    const [p0, p1, p2, p3] = [points[Math.max(0, i - 1)], points[i], points[i + 1], points[i + 2]];
    if (!p0 || !p1 || !p2) break;
    const after = p3 ?? p2;
    const steps = Math.max(1, Math.round(Math.hypot(p2[0] - p1[0], p2[1] - p1[1], p2[2] - p1[2]) / stepMm));
    for (let s = 0; s < steps; s++) {
      const t = s / steps;
      const at = (c: 0 | 1 | 2 | 3): number =>
        0.5 *
        (2 * p1[c] +
          (p2[c] - p0[c]) * t +
          (2 * p0[c] - 5 * p1[c] + 4 * p2[c] - after[c]) * t * t +
          (3 * p1[c] - p0[c] - 3 * p2[c] + after[c]) * t * t * t);
      path.push([at(0), at(1), at(2), at(3)]);
    }
  }
  const last = points.at(-1);
  if (last) path.push(last);
  return path;
}

/** One capsule between each pair of neighbours of a path. `growMm` thickens (or thins) all of them. */
export function tubeParts(path: readonly TubePoint[], growMm = 0): Implicit[] {
  return path.slice(1).map((end, i) => {
    const start = path[i] ?? end;
    return capsule(position(start), position(end), start[3] + growMm, end[3] + growMm);
  });
}

export function tube(points: readonly TubePoint[], stepMm: number, growMm = 0): Implicit[] {
  return tubeParts(smoothPath(points, stepMm), growMm);
}

/** The path with its radius swelling and shrinking by `share` every `periodMm`, as haustra do. */
export function beaded(path: readonly TubePoint[], share: number, periodMm: number): TubePoint[] {
  let along = 0;
  return path.map((point, i) => {
    const before = path[i - 1] ?? point;
    along += Math.hypot(point[0] - before[0], point[1] - before[1], point[2] - before[2]);
    const swell = 1 + share * Math.sin((2 * Math.PI * along) / periodMm);
    return [point[0], point[1], point[2], point[3] * swell];
  });
}

function position(point: TubePoint): Vector3 {
  return [point[0], point[1], point[2]];
}

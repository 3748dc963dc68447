import type { Vector3 } from '../../domain/affine.ts';

/**
 * Signed distance in mm from an LPS point (mm) to the surface, negative inside. It may be an estimate, but it
 * never exceeds MOST_OVERSTATED times the true distance, so that a block of voxels can be decided by its middle.
 */
export type Distance = (x: number, y: number, z: number) => number;

export const MOST_OVERSTATED = 1.5;

/** A solid: its distance function and an LPS box (mm) that holds all of it. */
export interface Implicit {
  readonly distance: Distance;
  readonly minLps: Vector3;
  readonly maxLps: Vector3;
}

const RADIANS = Math.PI / 180;

/** `turnDegrees` turns the solid about x, then y, then z of its centre. */
export function ellipsoid(centreLps: Vector3, radiiMm: Vector3, turnDegrees: Vector3 = [0, 0, 0]): Implicit {
  const [cx, cy, cz] = centreLps;
  const [rx, ry, rz] = radiiMm;
  const [sa, sb, sc] = turnDegrees.map(t => Math.sin(t * RADIANS)) as [number, number, number];
  const [ca, cb, cc] = turnDegrees.map(t => Math.cos(t * RADIANS)) as [number, number, number];
  // Columns of Rz·Ry·Rx; the point is turned back by the transpose.
  const m00 = cc * cb,
    m10 = sc * cb,
    m20 = -sb;
  const m01 = cc * sb * sa - sc * ca,
    m11 = sc * sb * sa + cc * ca,
    m21 = cb * sa;
  const m02 = cc * sb * ca + sc * sa,
    m12 = sc * sb * ca - cc * sa,
    m22 = cb * ca;
  const smallest = Math.min(rx, ry, rz);
  const reach = (a: number, b: number, c: number): number => Math.hypot(a * rx, b * ry, c * rz);
  const half: Vector3 = [reach(m00, m01, m02), reach(m10, m11, m12), reach(m20, m21, m22)];
  return {
    distance: (x, y, z) => {
      const px = x - cx,
        py = y - cy,
        pz = z - cz;
      const u = (m00 * px + m10 * py + m20 * pz) / rx;
      const v = (m01 * px + m11 * py + m21 * pz) / ry;
      const w = (m02 * px + m12 * py + m22 * pz) / rz;
      const k = Math.sqrt(u * u + v * v + w * w);
      if (k < 0.05) return -smallest * (1 - k);
      const gu = u / rx,
        gv = v / ry,
        gw = w / rz;
      return (k * (k - 1)) / Math.sqrt(gu * gu + gv * gv + gw * gw);
    },
    minLps: [cx - half[0], cy - half[1], cz - half[2]],
    maxLps: [cx + half[0], cy + half[1], cz + half[2]],
  };
}

/** A cone with round ends: radius `startRadiusMm` at `start`, `endRadiusMm` at `end`. */
export function capsule(start: Vector3, end: Vector3, startRadiusMm: number, endRadiusMm: number): Implicit {
  const [ax, ay, az] = start;
  const bx = end[0] - ax,
    by = end[1] - ay,
    bz = end[2] - az;
  const inverse = 1 / Math.max(1e-9, bx * bx + by * by + bz * bz);
  const slope = endRadiusMm - startRadiusMm;
  const low = (i: 0 | 1 | 2): number => Math.min(start[i] - startRadiusMm, end[i] - endRadiusMm);
  const high = (i: 0 | 1 | 2): number => Math.max(start[i] + startRadiusMm, end[i] + endRadiusMm);
  return {
    distance: (x, y, z) => {
      const px = x - ax,
        py = y - ay,
        pz = z - az;
      let t = (px * bx + py * by + pz * bz) * inverse;
      t = t < 0 ? 0 : t > 1 ? 1 : t;
      const qx = px - t * bx,
        qy = py - t * by,
        qz = pz - t * bz;
      return Math.sqrt(qx * qx + qy * qy + qz * qz) - startRadiusMm - t * slope;
    },
    minLps: [low(0), low(1), low(2)],
    maxLps: [high(0), high(1), high(2)],
  };
}

/** The solid with its surface moved outwards by `mm` (inwards where negative). */
export function grown(solid: Implicit, mm: number): Implicit {
  const { distance, minLps, maxLps } = solid;
  return {
    distance: (x, y, z) => distance(x, y, z) - mm,
    minLps: [minLps[0] - mm, minLps[1] - mm, minLps[2] - mm],
    maxLps: [maxLps[0] + mm, maxLps[1] + mm, maxLps[2] + mm],
  };
}

/** The solid seen in the mirror x → −x (left for right). */
export function mirrored(solid: Implicit): Implicit {
  const { distance, minLps, maxLps } = solid;
  return {
    distance: (x, y, z) => distance(-x, y, z),
    minLps: [-maxLps[0], minLps[1], minLps[2]],
    maxLps: [-minLps[0], maxLps[1], maxLps[2]],
  };
}

/** Bounds are not looked at where the solid itself is farther than this, mm. */
const FAR_MM = 9;

/** What of `solid` lies inside `bound` too, with the edge rounded over `roundMm`. */
export function within(solid: Implicit, bound: Distance, roundMm = 0): Implicit {
  const { distance } = solid;
  return {
    ...solid,
    distance: (x, y, z) => {
      const d = distance(x, y, z);
      if (d > FAR_MM) return d;
      return roundMm > 0 ? -softMin(-d, -bound(x, y, z), roundMm) : Math.max(d, bound(x, y, z));
    },
  };
}

/** `solid` without `tool`, with the edge rounded over `roundMm`. */
export function without(solid: Implicit, tool: Distance, roundMm = 0): Implicit {
  return within(solid, (x, y, z) => -tool(x, y, z), roundMm);
}

/** Union whose joints are filled over about `roundMm`. */
export function blended(roundMm: number, ...solids: readonly Implicit[]): Implicit {
  const distances = solids.map(solid => solid.distance);
  const low = (i: 0 | 1 | 2): number => Math.min(...solids.map(s => s.minLps[i])) - roundMm / 4;
  const high = (i: 0 | 1 | 2): number => Math.max(...solids.map(s => s.maxLps[i])) + roundMm / 4;
  return {
    distance: (x, y, z) => {
      let d = Infinity;
      for (const distance of distances) d = softMin(d, distance(x, y, z), roundMm);
      return d;
    },
    minLps: [low(0), low(1), low(2)],
    maxLps: [high(0), high(1), high(2)],
  };
}

/** A surface with waves of `amplitudeMm` about `wavelengthMm` apart; keep amplitude ≤ wavelength / 20. */
export function wavy(solid: Implicit, amplitudeMm: number, wavelengthMm: number, phase = 0): Implicit {
  const f = (2 * Math.PI) / wavelengthMm;
  const g = f * 0.53;
  const { distance, minLps, maxLps } = solid;
  const m = amplitudeMm * 1.5;
  return {
    distance: (x, y, z) => {
      const d = distance(x, y, z);
      if (d > 3 * m || d < -3 * m) return d;
      const wave = Math.sin(f * x + phase) * Math.sin(f * y + 2 * phase) * Math.sin(f * z + 3 * phase);
      const slow = Math.sin(g * (x + y) + phase) * Math.cos(g * (z - y) - phase);
      return d - amplitudeMm * (wave + 0.5 * slow);
    },
    minLps: [minLps[0] - m, minLps[1] - m, minLps[2] - m],
    maxLps: [maxLps[0] + m, maxLps[1] + m, maxLps[2] + m],
  };
}

/** Polynomial smooth minimum: differs from min by at most k / 4, only where |a − b| < k. */
export function softMin(a: number, b: number, k: number): number {
  const gap = a > b ? a - b : b - a;
  const least = a < b ? a : b;
  if (!(gap < k)) return least;
  const h = (k - gap) / k;
  return least - h * h * k * 0.25;
}

import { add, cross, norm, scale, type Vector3 } from '../../domain/affine.ts';
import { capsule, type Distance, type Implicit } from './implicit.ts';

export interface VesselTreeSettings {
  readonly root: Vector3;
  readonly directionLps: Vector3;
  readonly radiusMm: number;
  readonly lengthMm: number;
  /** Generations of branches after the root. */
  readonly generations: number;
  /** Vessels end where they would leave this solid (kept `marginMm` inside). */
  readonly inside: Distance;
  readonly marginMm: number;
  readonly random: () => number;
}

const RADIUS_RATIO = 0.74; // close to Murray's law for two equal branches (0.79), thinner to look like CT
const LENGTH_RATIO = 0.8;

/** Capsules of a vessel that splits in two again and again inside an organ. */
export function vesselTree(settings: VesselTreeSettings): Implicit[] {
  const parts: Implicit[] = [];
  const { inside, marginMm, random } = settings;

  function grow(start: Vector3, direction: Vector3, radius: number, length: number, left: number): void {
    let at = start;
    let heading = direction;
    const steps = 3;
    for (let step = 0; step < steps; step++) {
      heading = unit(add(heading, scale(anyDirection(random), 0.22)));
      const end = add(at, scale(heading, length / steps));
      if (inside(end[0], end[1], end[2]) > -marginMm - radius) return;
      const taper = 1 - (1 - RADIUS_RATIO) * 0.5 * ((step + 1) / steps);
      parts.push(capsule(at, end, radius, radius * taper));
      at = end;
    }
    if (left === 0) return;
    const side = unit(cross(heading, anyDirection(random)));
    const spread = 0.45 + 0.35 * random();
    for (const sign of [1, -1]) {
      const next = unit(add(heading, scale(side, sign * spread)));
      const ratio = RADIUS_RATIO * (0.85 + 0.2 * random());
      grow(at, next, radius * ratio, length * LENGTH_RATIO * (0.8 + 0.4 * random()), left - 1);
    }
  }

  grow(
    settings.root,
    unit(settings.directionLps),
    settings.radiusMm,
    settings.lengthMm,
    settings.generations,
  );
  return parts;
}

function unit(v: Vector3): Vector3 {
  return scale(v, 1 / norm(v));
}

function anyDirection(random: () => number): Vector3 {
  const z = 2 * random() - 1;
  const turn = 2 * Math.PI * random();
  const r = Math.sqrt(1 - z * z);
  return [r * Math.cos(turn), r * Math.sin(turn), z];
}

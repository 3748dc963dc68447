import type { Vector3 } from '../../domain/affine.ts';
import type { Implicit } from './implicit.ts';
import type { Grain } from './texture.ts';

/** How a tissue looks: mean, and a random texture of the given standard deviation and grain. */
export interface Tissue {
  readonly hu: number;
  readonly textureHu: number;
  readonly grain: Grain;
  /** Where the texture exceeds `above` standard deviations, `hu` shows instead (gas in stool, fat in muscle). */
  readonly speckle?: { readonly above: number; readonly hu: number };
}

/**
 * One named piece of anatomy: the union of its parts. Structures later in the list lie over earlier ones.
 * `partOf` names the structure that this one counts to as well (a lesion belongs to its organ).
 */
export interface Structure {
  readonly name: string;
  readonly partOf?: string;
  readonly parts: readonly Implicit[];
  readonly tissue: Tissue;
}

/** Signed distance to a structure, mm; +Infinity when farther than its parts' boxes. */
export function structureDistance(structure: Structure, point: Vector3): number {
  const [x, y, z] = point;
  let d = Infinity;
  for (const part of structure.parts) {
    const { minLps, maxLps } = part;
    const outside =
      x < minLps[0] || y < minLps[1] || z < minLps[2] || x > maxLps[0] || y > maxLps[1] || z > maxLps[2];
    if (!outside) d = Math.min(d, part.distance(x, y, z));
  }
  return d;
}

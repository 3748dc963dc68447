import type { Vector3 } from '../../../domain/affine.ts';
import { structureDistance, type Structure } from '../structure.ts';
import { bowelAndPelvis } from './bowel.ts';
import { chest } from './chest.ts';
import { kidneys } from './kidneys.ts';
import { lesions } from './lesions.ts';
import { liver } from './liver.ts';
import { skeleton } from './skeleton.ts';
import { upperAbdomen } from './upperAbdomen.ts';
import { vessels } from './vessels.ts';
import { wall } from './wall.ts';

/** The demo patient, in LPS mm, from the outside in: a later structure lies over an earlier one. */
export const ANATOMY: readonly Structure[] = [
  ...wall(),
  ...chest(),
  ...bowelAndPelvis(),
  ...upperAbdomen(),
  ...liver(),
  ...kidneys(),
  ...vessels(),
  ...lesions(),
  ...skeleton(),
];

/** The topmost structure at a point; undefined in the air around the patient. */
export function structureAt(pointLps: Vector3): Structure | undefined {
  return ANATOMY.findLast(structure => structureDistance(structure, pointLps) < 0);
}

/** A structure's own name and the names of all that it is part of. */
export function namesOf(structure: Structure): string[] {
  const parent = ANATOMY.find(other => other.name === structure.partOf);
  return parent ? [structure.name, ...namesOf(parent)] : [structure.name];
}

import type { ModelManifest } from '../modelManifest.ts';
import type { LikenessSettings } from './likenessSettings.ts';

/** Levels go on below the model's finest: images of small structures may have finer voxels. */
const LEVEL_STEP = Math.SQRT2;

/**
 * The finest level whose region holds a structure so wide and whose voxels the images resolve.
 * @param sideMm the structure's largest side @param voxelMm the shortest side of the images' voxels
 */
export function fittedSpacingMm(
  { region }: Pick<ModelManifest, 'region'>,
  sideMm: number,
  voxelMm: number,
  { fitFactor, finestVoxelShare }: LikenessSettings,
): number {
  const finestMm = Math.max((fitFactor * sideMm) / Math.min(...region.shapeKji), finestVoxelShare * voxelMm);
  const spacingsMm = [...region.spacingsMm];
  for (let next = spacingsMm.at(-1)! / LEVEL_STEP; next >= finestMm; next /= LEVEL_STEP)
    spacingsMm.push(next);
  const holding = spacingsMm.filter(spacingMm => spacingMm >= finestMm);
  return holding.length > 0 ? Math.min(...holding) : Math.max(...spacingsMm);
}

/**
 * Of the level at which all of a volume is looked at first; undefined where a region about the structure shows it all.
 * @param extentMm the volume's largest side
 */
export function wideSpacingMm(
  { region }: Pick<ModelManifest, 'region'>,
  extentMm: number,
  spacingMm: number,
): number | undefined {
  const side = Math.min(...region.shapeKji);
  if (extentMm <= side * spacingMm) return undefined;
  const holding = region.spacingsMm.filter(one => one * side >= extentMm);
  return Math.max(spacingMm, holding.length > 0 ? Math.min(...holding) : Math.max(...region.spacingsMm));
}

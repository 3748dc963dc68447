import type { Vector3 } from '../../domain/affine.ts';
import { canonicalFrameOf, extentMmOf } from '../../domain/canonicalFrame.ts';
import { fittedSpacingMm, wideSpacingMm } from '../../domain/likeness/fittedSpacing.ts';
import type { LikenessSettings } from '../../domain/likeness/likenessSettings.ts';
import { boundsOf, type Bounds } from '../../domain/likeness/maskOfRegion.ts';
import { countVoxels } from '../../domain/mask.ts';
import type { ModelManifest } from '../../domain/modelManifest.ts';
import type { ExemplarCase, ExemplarSource } from './exemplarCase.ts';

/** What is known of an exemplar without looking at it. */
export interface ExemplarFacts {
  readonly extentMm: Vector3;
  readonly voxelMm: number;
  /** By label; without those that the exemplar does not show. */
  readonly bounds: ReadonlyMap<string, Bounds>;
}

export interface KnownExemplar {
  readonly source: ExemplarSource;
  readonly facts: ExemplarFacts;
}

/** How a structure is looked at, in the exemplars and in the query. */
export interface StructurePlan {
  readonly label: string;
  /** Those that show it. */
  readonly known: readonly KnownExemplar[];
  readonly sideMm: number;
  readonly spacingMm: number;
  /** Of the level at which all of the query is looked at first; absent: its place is seen at `spacingMm`. */
  readonly wideMm?: number;
  readonly nearTokens: number;
  readonly farTokens: number;
}

export function factsOf({ volume, masks }: ExemplarCase): ExemplarFacts {
  const frame = canonicalFrameOf(volume.geometry);
  const shown = [...masks].filter(([, mask]) => countVoxels(mask) > 0);
  return {
    extentMm: extentMmOf(frame),
    voxelMm: Math.min(...frame.map(({ spacingMm }) => spacingMm)),
    bounds: new Map(shown.map(([label, mask]) => [label, boundsOf(mask, frame)])),
  };
}

/** @param extentMm of the query @returns undefined where no exemplar shows the structure */
export function planOf(
  label: string,
  exemplars: readonly KnownExemplar[],
  extentMm: Vector3,
  model: ModelManifest,
  settings: LikenessSettings,
): StructurePlan | undefined {
  const known = exemplars.filter(({ facts }) => facts.bounds.has(label));
  if (known.length === 0) return undefined;
  const sideMm = medianOf(known.map(({ facts }) => facts.bounds.get(label)!.sideMm));
  const voxelMm = medianOf(known.map(({ facts }) => facts.voxelMm));
  const spacingMm = fittedSpacingMm(model, sideMm, voxelMm, settings);
  const wideMm = wideSpacingMm(model, Math.max(...extentMm), spacingMm);
  const share = Math.floor(settings.tokens / known.length);
  return {
    ...{ label, known, sideMm, spacingMm },
    ...(wideMm !== undefined && { wideMm }),
    nearTokens: Math.min(settings.tokensOfExemplar, share),
    farTokens: share,
  };
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
}

import { extentMmOf } from '../../domain/canonicalFrame.ts';
import { settledClaims, type Claim } from '../../domain/likeness/claims.ts';
import { CELL_VOXELS } from '../../domain/likeness/cells.ts';
import { usualPlace, type Expected } from '../../domain/likeness/findPlace.ts';
import { LIKENESS } from '../../domain/likeness/likenessSettings.ts';
import { emptyMask, type Mask } from '../../domain/mask.ts';
import { maskFromLogits } from '../../domain/maskFromLogits.ts';
import { modelKeyOf, type ModelManifest } from '../../domain/modelManifest.ts';
import { snappedRegion } from '../../domain/regionOfInterest.ts';
import { withoutUnseenSlices } from '../../domain/unseenSlices.ts';
import type { Volume } from '../../domain/volume.ts';
import { openScene, type SegmentationScene } from '../segmentationScene.ts';
import { throwIfCancelled } from '../singleFlight.ts';
import type { ExemplarCase, ExemplarSource, LikenessPorts } from './exemplarCase.ts';
import { bytesOfLook, lookAtExemplar, type ExemplarLook } from './exemplarLook.ts';
import { searchStructure, wideRegions } from './searchStructure.ts';
import { PROBABLE, segmentStructure } from './segmentStructure.ts';
import {
  factsOf,
  planOf,
  type ExemplarFacts,
  type KnownExemplar,
  type StructurePlan,
} from './structurePlan.ts';

/** Looks at the exemplars of a structure, by spacing. */
type Looks = ReadonlyMap<number, readonly ExemplarLook[]>;

/**
 * Segments a volume like a few exemplars, without training: each structure is looked for where it usually lies, and
 * segmented from what the exemplars' masks and features say (after GMISeg).
 * @param labels of the structures that are wanted @param onProgress told a number between 0 and 1
 * @returns masks of the query by label; an empty one where nothing like it was found
 * @throws Problem model-not-for-modality, inference-failed, overloaded, cancelled, and those of the sources
 */
export async function segmentLike(
  query: Volume,
  exemplars: readonly ExemplarSource[],
  labels: readonly string[],
  model: ModelManifest,
  ports: LikenessPorts,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<ReadonlyMap<string, Mask>> {
  const scene = openScene(query, model, ports.levels);
  // Each exemplar is read, then looked at; then each structure is segmented.
  const steps = 2 * exemplars.length + labels.length;
  let done = 0;
  const step = (): void => {
    throwIfCancelled(signal);
    onProgress(++done / steps);
  };
  await ports.levels.prepare(query, model, signal);
  const known: KnownExemplar[] = [];
  for (const source of exemplars) {
    known.push({ source, facts: await rememberedFacts(source, ports, signal) });
    step();
  }
  const extentMm = extentMmOf(scene.frame);
  const plans = labels.flatMap(label => planOf(label, known, extentMm, model, LIKENESS) ?? []);
  const looks = await lookAtAll(plans, exemplars, model, ports, signal, step);
  const claims: (Claim & { readonly label: string })[] = [];
  for (const plan of plans) {
    claims.push({
      label: plan.label,
      ...(await claimOf(scene, plan, looks.get(plan.label)!, ports, signal)),
    });
    step();
  }
  const settled = settledClaims(claims, scene.frame);
  const masks = new Map(claims.map(({ label }, n) => [label, settled[n]!]));
  const empty = emptyMask(query.geometry.shapeIjk);
  return new Map(labels.map(label => [label, withoutUnseenSlices(masks.get(label) ?? empty, query)]));
}

function rememberedFacts(
  source: ExemplarSource,
  { memory }: LikenessPorts,
  signal: AbortSignal,
): Promise<ExemplarFacts> {
  return memory.once(
    `${source.key}|facts`,
    () => 0,
    async () => factsOf(await source.load(signal)),
  );
}

/** Exemplar by exemplar, so that one volume at a time is needed. */
async function lookAtAll(
  plans: readonly StructurePlan[],
  exemplars: readonly ExemplarSource[],
  model: ModelManifest,
  ports: LikenessPorts,
  signal: AbortSignal,
  onLooked: () => void,
): Promise<ReadonlyMap<string, Looks>> {
  const looks = new Map(plans.map(plan => [plan.label, new Map<number, ExemplarLook[]>()]));
  for (const source of exemplars) {
    let loading: Promise<ExemplarCase> | undefined;
    const load = (): Promise<ExemplarCase> => (loading ??= source.load(signal));
    for (const plan of plans) {
      const exemplar = plan.known.find(one => one.source === source);
      if (!exemplar) continue;
      const bySpacing = looks.get(plan.label)!;
      for (const spacingMm of new Set([plan.spacingMm, plan.wideMm ?? plan.spacingMm])) {
        throwIfCancelled(signal);
        const look = await rememberedLook(exemplar, plan, spacingMm, model, load, ports, signal);
        bySpacing.set(spacingMm, [...(bySpacing.get(spacingMm) ?? []), look]);
      }
    }
    onLooked();
  }
  return looks;
}

function rememberedLook(
  { source, facts }: KnownExemplar,
  { label, sideMm, nearTokens, farTokens }: StructurePlan,
  spacingMm: number,
  model: ModelManifest,
  load: () => Promise<ExemplarCase>,
  { engine, levels, memory }: LikenessPorts,
  signal: AbortSignal,
): Promise<ExemplarLook> {
  const key = [modelKeyOf(model), source.key, label, spacingMm, sideMm, nearTokens, farTokens].join('|');
  return memory.once(key, bytesOfLook, async () => {
    const { volume, masks } = await load();
    const scene = openScene(volume, model, levels);
    await levels.prepare(volume, model, signal);
    const asked = { spacingMm, sideMm, nearTokens, farTokens };
    const structure = { mask: masks.get(label)!, bounds: facts.bounds.get(label)! };
    return lookAtExemplar(scene, { ...asked, ...structure }, LIKENESS, engine, signal);
  });
}

async function claimOf(
  scene: SegmentationScene,
  plan: StructurePlan,
  looks: Looks,
  { engine }: LikenessPorts,
  signal: AbortSignal,
): Promise<Claim> {
  const { spacingMm, wideMm, sideMm, label } = plan;
  const places = plan.known.map(({ facts }) => ({
    placeMm: facts.bounds.get(label)!.centreMm,
    extentMm: facts.extentMm,
  }));
  let expected: Expected = usualPlace(places, extentMmOf(scene.frame), LIKENESS.usualSpread);
  if (wideMm !== undefined) {
    const regions = wideRegions(scene, wideMm);
    const wide = looks.get(wideMm)!;
    const placeMm = await searchStructure(scene, wide, sideMm, regions, expected, LIKENESS, engine, signal);
    const cellMm = CELL_VOXELS * wideMm;
    expected = { placeMm, spreadMm: [cellMm, cellMm, cellMm] };
  }
  const fitted = looks.get(spacingMm)!;
  const region = snappedRegion(scene.model, expected.placeMm, spacingMm);
  const placeMm = await searchStructure(scene, fitted, sideMm, [region], expected, LIKENESS, engine, signal);
  const found = await segmentStructure(scene, fitted, plan, placeMm, LIKENESS, engine, signal);
  const { shapeIjk } = scene.volume.geometry;
  const mask = maskFromLogits(found.probabilities, PROBABLE, found.region, scene.frame, shapeIjk);
  return { ...found, mask };
}

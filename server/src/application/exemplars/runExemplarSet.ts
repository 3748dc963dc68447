import { Problem } from '../../domain/errors.ts';
import type { Exemplar, ExemplarSet } from '../../domain/exemplarSet.ts';
import { emptyMask, type Mask } from '../../domain/mask.ts';
import { isSameSeries, wholeSeriesOf, type WholeSeries } from '../../domain/seriesReference.ts';
import { uniteMasks } from '../../domain/unitedMask.ts';
import type { Volume } from '../../domain/volume.ts';
import { volumeFingerprintOf } from '../../domain/volumeFingerprint.ts';
import { algorithmOf } from '../algorithmOf.ts';
import { keepFoundMasks, type RunTarget } from '../keepFoundMasks.ts';
import { sameLabel } from '../learning/foundCase.ts';
import { loadLabelledCase, type CaseRequest } from '../learning/labelledCase.ts';
import { retrieveObject } from '../openSegmentation.ts';
import type { RunWarning, SegmentationRun, SegmentationRuns } from '../segmentationRuns.ts';
import type { Exemplars } from './exemplars.ts';
import type { ExemplarCase, ExemplarSource } from './exemplarCase.ts';

export interface ExemplarRunRequest extends RunTarget {
  readonly exemplarSetId: string;
}

/** What tells that a case is not there as it was. */
const GONE = new Set(['segmentation-not-found', 'not-found', 'series-not-found', 'series-changed']);

/**
 * Begins a run in the background.
 * @throws Problem exemplar-set-not-found, model-not-found, overloaded
 */
export async function beginExemplarRun(
  request: ExemplarRunRequest,
  exemplars: Exemplars,
  runs: SegmentationRuns,
): Promise<SegmentationRun> {
  const { exemplarSetId } = request;
  const set = await exemplars.sets.load(exemplarSetId);
  exemplars.workspace.zoo.get(set.model.model);
  return runs.begin(
    { kind: 'exemplar-set', exemplarSetId },
    (signal, onProgress) => runExemplarSet(set, request, exemplars, signal, onProgress),
    warningsOf(set, request),
  );
}

/**
 * Segments a series by what it has in common with the cases of a set; every class becomes a segment, also one of
 * which nothing was found. A newer version of the set's model is taken as it is: nothing was trained for the older.
 * @param onProgress told a number between 0 and 1
 * @returns the id of the segmentation
 * @throws Problem model-not-found, model-not-for-modality, unsuitable-cases (one has gone), segmentation-not-found,
 *   invalid-request (a segmentation of another series), inference-failed, overloaded, cancelled, and those of the
 *   archive
 */
export async function runExemplarSet(
  set: ExemplarSet,
  target: RunTarget,
  exemplars: Exemplars,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<string> {
  const { workspace } = exemplars;
  const { volume } = await workspace.loadVolume(target.series, signal);
  const masks = await answerLike(set, () => true, volume, exemplars, signal, onProgress);
  const model = workspace.zoo.get(set.model.model);
  const algorithmName = `${algorithmOf(model).algorithmName} by exemplars: ${set.title}`;
  const found = { classes: set.classes, masks, volume, algorithmName };
  return keepFoundMasks(target, found, workspace, signal);
}

/**
 * What some of a set's cases find in a volume.
 * @param isAsked of the place of a case in the set
 * @param onProgress told a number between 0 and 1
 * @returns a mask of every class, on the volume's grid; empty where nothing like it was found
 * @throws Problem model-not-found, model-not-for-modality, unsuitable-cases (one has gone), inference-failed,
 *   overloaded, cancelled, and those of the archive
 */
export async function answerLike(
  set: ExemplarSet,
  isAsked: (index: number) => boolean,
  volume: Volume,
  exemplars: Exemplars,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<readonly Mask[]> {
  const model = exemplars.workspace.zoo.get(set.model.model);
  requireModality(set, volume.modality);
  await requireCases(set, exemplars, signal);
  const labels = set.classes.map(({ label }) => label);
  const sources = set.cases.flatMap((_, index) => (isAsked(index) ? [sourceOf(set, index, exemplars)] : []));
  const found = await exemplars.segmentLike(volume, sources, labels, model, signal, onProgress);
  return labels.map(label => found.get(label) ?? emptyMask(volume.geometry.shapeIjk));
}

/** Features at hand must not hide that a case was deleted. @throws Problem unsuitable-cases, and those of the archive */
async function requireCases(
  { cases }: ExemplarSet,
  exemplars: Exemplars,
  signal: AbortSignal,
): Promise<void> {
  for (const [index, exemplar] of cases.entries()) {
    await asCase(index, () => requireCase(exemplar, exemplars, signal));
  }
}

async function requireCase(
  { series, origin }: Exemplar,
  { workspace }: Exemplars,
  signal: AbortSignal,
): Promise<void> {
  const isListed = async (each: WholeSeries): Promise<boolean> =>
    (await workspace.imageArchive.countInstances(each, signal)) !== 0;
  // Not every archive lists its series: what is not listed may still be there.
  if (!(await isListed(wholeSeriesOf(series)))) await workspace.loadVolume(series, signal);
  if (origin.kind === 'workspace') {
    await workspace.store.load(origin.segmentationId, origin.version);
    return;
  }
  const { studyInstanceUID } = series;
  const { seriesInstanceUID } = origin;
  if (!(await isListed({ studyInstanceUID, seriesInstanceUID }))) {
    await retrieveObject(studyInstanceUID, origin, workspace, signal);
  }
}

function sourceOf(set: ExemplarSet, index: number, exemplars: Exemplars): ExemplarSource {
  const exemplar = set.cases[index]!;
  const { origin, series, volumeFingerprint } = exemplar;
  const labels = set.classes.map(({ label }) => label);
  return {
    // A fingerprint is of UIDs, under which other pixels may have come.
    key: JSON.stringify([volumeFingerprint, exemplars.imagesState(wholeSeriesOf(series)), origin, labels]),
    load: signal => asCase(index, () => loadExemplar(exemplar, labels, exemplars, signal)),
  };
}

async function loadExemplar(
  exemplar: Exemplar,
  labels: readonly string[],
  exemplars: Exemplars,
  signal: AbortSignal,
): Promise<ExemplarCase> {
  const { volume, segments } = await loadLabelledCase(requestOf(exemplar), exemplars, signal);
  if (volumeFingerprintOf(volume) !== exemplar.volumeFingerprint) {
    throw new Problem('series-changed', 'The images are not those that the labels were made on.');
  }
  const masks = new Map<string, Mask>();
  for (const label of labels) {
    const [first, ...others] = segments.filter(segment => sameLabel(segment.label, label));
    if (first)
      masks.set(
        label,
        others.reduce((united, { mask }) => uniteMasks(united, mask), first.mask),
      );
  }
  return { volume, masks };
}

function requestOf({ origin, series }: Exemplar): CaseRequest {
  if (origin.kind === 'workspace') return origin;
  const { kind, ...object } = origin;
  return { kind, series, object };
}

/** @throws Problem unsuitable-cases where the case has gone, and what `load` throws */
async function asCase<Result>(index: number, load: () => Promise<Result>): Promise<Result> {
  try {
    return await load();
  } catch (error) {
    if (!(error instanceof Problem) || !GONE.has(error.code)) throw error;
    throw new Problem(
      'unsuitable-cases',
      `Case ${index + 1} of the set has gone (${error.code}). Make the set anew.`,
      { errors: [{ pointer: `/cases/${index}`, detail: error.detail }] },
    );
  }
}

/** @throws Problem model-not-for-modality */
function requireModality({ modalities }: ExemplarSet, modality: string): void {
  if (modalities.includes(modality)) return;
  throw new Problem('model-not-for-modality', `The set is of ${modalities.join(', ')}.`, { modality });
}

function warningsOf({ cases }: ExemplarSet, { series }: RunTarget): readonly RunWarning[] {
  const index = cases.findIndex(exemplar => isSameSeries(exemplar.series, series));
  if (index < 0) return [];
  const detail = `The series is case ${index + 1} of the set: what is found in it says little of other patients.`;
  return [{ code: 'series-is-exemplar', detail }];
}

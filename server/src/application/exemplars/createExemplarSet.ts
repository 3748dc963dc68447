import { Problem } from '../../domain/errors.ts';
import type { Exemplar, ExemplarSet } from '../../domain/exemplarSet.ts';
import type { ModelManifest } from '../../domain/modelManifest.ts';
import type { TaskClass } from '../../domain/task.ts';
import { volumeFingerprintOf } from '../../domain/volumeFingerprint.ts';
import {
  ambiguousClasses,
  classesOf,
  describeCase,
  hasLabel,
  type FoundCase,
} from '../learning/foundCase.ts';
import { loadLabelledCase, type CaseRequest } from '../learning/labelledCase.ts';
import type { Exemplars } from './exemplars.ts';
import { exemplarSetWarnings } from './exemplarSetWarnings.ts';

export interface NewExemplarSet {
  readonly title: string;
  readonly modelId: string;
  readonly cases: readonly CaseRequest[];
  /** Absent: every label that a case has. */
  readonly labels?: readonly string[] | undefined;
}

/** A case that can be read, and what is kept of it. */
interface ReadCase {
  readonly found: FoundCase;
  readonly exemplar: Exemplar;
}

interface Fault {
  readonly pointer: string;
  readonly detail: string;
}

/**
 * Looks at every case, one after the other, and keeps where it is. Labels are those of now: what is edited later
 * changes no set.
 * @throws Problem model-not-found, model-not-for-modality, unsuitable-cases, cancelled
 */
export async function createExemplarSet(
  { title, modelId, cases, labels }: NewExemplarSet,
  exemplars: Exemplars,
  signal: AbortSignal,
): Promise<ExemplarSet> {
  const model = exemplars.workspace.zoo.get(modelId);
  const faults: Fault[] = [];
  const read: ReadCase[] = [];
  for (const [index, request] of cases.entries()) {
    try {
      read.push(await readCase(index, request, exemplars, signal));
    } catch (error) {
      if (!(error instanceof Problem) || error.code === 'cancelled') throw error;
      faults.push(ofCase(index, `cannot be read: ${error.detail} (${error.code})`));
    }
  }
  const found = read.map(each => each.found);
  const classes = classesOf(found, labels);
  faults.push(...emptyCases(found, classes), ...unmetLabels(found, labels), ...severalModalities(found));
  faults.push(...severalMeanings(found, classes));
  if (faults.length > 0) {
    throw new Problem('unsuitable-cases', faults.map(({ detail }) => detail).join(' '), { errors: faults });
  }
  const modalities = [...new Set(found.map(({ modality }) => modality))];
  requireServed(modalities, model);
  const set: ExemplarSet = {
    ...{ id: crypto.randomUUID(), createdAt: new Date(exemplars.nowMs()).toISOString(), title, modalities },
    model: { model: model.id, version: model.version },
    ...{ classes, cases: read.map(({ exemplar }) => exemplar) },
    warnings: exemplarSetWarnings(found, classes),
  };
  await exemplars.sets.create(set);
  return set;
}

async function readCase(
  index: number,
  request: CaseRequest,
  exemplars: Exemplars,
  signal: AbortSignal,
): Promise<ReadCase> {
  const labelled = await loadLabelledCase(request, exemplars, signal);
  const { volume, series, origin } = labelled;
  const found = describeCase(index, labelled, exemplars);
  const { patientKey, modality, labels } = found;
  return {
    found,
    exemplar: {
      ...{ series, origin, patientKey, modality, labels },
      volumeFingerprint: volumeFingerprintOf(volume),
    },
  };
}

function emptyCases(found: readonly FoundCase[], classes: readonly TaskClass[]): readonly Fault[] {
  return found.flatMap(each => {
    if (each.labels.length === 0) return [ofCase(each.index, 'has no segment that is not empty.')];
    const hasClass = classes.length === 0 || classes.some(({ label }) => hasLabel(each, label));
    return hasClass ? [] : [ofCase(each.index, 'has none of the classes.')];
  });
}

function unmetLabels(found: readonly FoundCase[], labels: readonly string[] = []): readonly Fault[] {
  return labels.flatMap((label, n) =>
    found.some(each => hasLabel(each, label))
      ? []
      : [{ pointer: `/classes/${n}`, detail: `No case has a segment “${label}”.` }],
  );
}

function severalModalities(found: readonly FoundCase[]): readonly Fault[] {
  const modalities = [...new Set(found.map(({ modality }) => modality))];
  if (modalities.length < 2) return [];
  const detail = `The cases are of several modalities (${modalities.join(', ')}): make a set for each.`;
  return [{ pointer: '/cases', detail }];
}

/** What is found would carry the code of one of them. */
function severalMeanings(found: readonly FoundCase[], classes: readonly TaskClass[]): readonly Fault[] {
  return ambiguousClasses(found, classes).map(detail => ({ pointer: '/cases', detail }));
}

function ofCase(index: number, fault: string): Fault {
  return { pointer: `/cases/${index}`, detail: `Case ${index + 1} ${fault}` };
}

/** @throws Problem model-not-for-modality */
function requireServed(modalities: readonly string[], model: ModelManifest): void {
  const foreign = modalities.find(modality => !model.modalities.includes(modality));
  if (foreign === undefined) return;
  throw new Problem('model-not-for-modality', `The model is for ${model.modalities.join(', ')}.`, {
    modality: foreign,
  });
}

import { beforeEach, expect, test } from '@jest/globals';
import { jobSettings } from '../../domain/fixtures/jobSettings.ts';
import type { Adaptation } from '../../domain/adaptation.ts';
import { SMALL_MODEL } from '../../domain/fixtures/smallModel.ts';
import type { LabelmapToEncode } from '../../ports/labelmapEncoder.ts';
import { bar, ExemplarBench } from '../exemplars/fixtures/exemplarBench.ts';
import { createAdaptation } from './createAdaptation.ts';
import type { Learning } from './learning.ts';

const file = { path: '/zoo/encoder', sha256: '0'.repeat(64) };
const model = {
  ...SMALL_MODEL,
  adaptableEncoder: { graph: file, data: { ...file, fileName: 'encoder' }, weights: [] },
};

const settings = jobSettings({ steps: 1, rank: 1 });
const always = new AbortController().signal;
let bench: ExemplarBench;
let encoded: LabelmapToEncode[];
beforeEach(() => {
  bench = new ExemplarBench();
  encoded = [];
});

/** Two cases. */
function segmented(): readonly string[] {
  return ['1.1', '1.2'].map(uid => {
    bench.addSeries(uid, { studyInstanceUID: `${uid}.0` });
    return bench.segment(uid, ['Liver', bar(0, 2)]);
  });
}

function create(segmentationIds: readonly string[], changes: Partial<Learning> = {}): Promise<Adaptation> {
  const { exemplars } = bench;
  const unused = {} as never;
  const learning: Learning = {
    adaptations: { ...({} as Learning['adaptations']), create: () => Promise.resolve() },
    files: { ...({} as Learning['files']), put: () => Promise.resolve('ab'.repeat(32)) },
    ...{ tasks: unused, packages: unused, volumeEncoder: unused, workers: unused, completions: unused },
    ...{ nowMs: exemplars.nowMs, patientKeyOf: exemplars.patientKeyOf },
    workspace: {
      ...exemplars.workspace,
      zoo: { list: () => [model], get: () => model },
      labelmapEncoder: {
        encode: labelmap => {
          encoded.push(labelmap);
          return Promise.resolve(new Uint8Array());
        },
      },
    },
    ...changes,
  };
  const cases = segmentationIds.map(segmentationId => ({ kind: 'workspace', segmentationId }) as const);
  const request = { title: 'Liver', modelId: 'default', method: 'samed', cases, settings } as const;
  return createAdaptation(request, learning, always);
}

test('a job learns from the labels that were looked at, also where they are edited before it is made', async () => {
  const ids = segmented();
  const job = await create(ids, {
    // The second case is looked at: a reader renames what the first shows.
    patientKeyOf: patient => {
      const isSecond = patient.patientID === '1.2';
      if (isSecond)
        bench.logs
          .get(ids[0]!)!
          .operations.push({ kind: 'segment-changed', segmentNumber: 1, label: 'Spleen', colour: [1, 2, 3] });
      return bench.exemplars.patientKeyOf(patient);
    },
  });
  expect(job.cases.map(({ origin }) => origin)).toMatchObject([{ version: 1 }, { version: 1 }]);
  expect(encoded.map(({ segments }) => segments.map(({ segmentNumber }) => segmentNumber))).toEqual([
    [1],
    [1],
  ]);
});

test('slices that a series lacks are no background: nothing is known there', async () => {
  const [, whole] = segmented();
  const volume = bench.volumes.get('1.1')!;
  const slices = volume.slices.map((slice, k) => (k === 1 || k === 2 ? undefined : slice));
  bench.volumes.set('1.1', { ...volume, slices });
  await create([bench.segment('1.1', ['Liver', bar(0, 2)]), whole!]);
  expect(encoded.map(({ unseen }) => unseen)).toEqual([{ slices: [1, 2], label: 255 }, undefined]);
});

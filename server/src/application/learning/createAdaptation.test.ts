import { expect, test } from '@jest/globals';
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

test('a job learns from the labels that were looked at, also where they are edited before it is made', async () => {
  const bench = new ExemplarBench();
  const ids = ['1.1', '1.2'].map(uid => {
    bench.addSeries(uid, { studyInstanceUID: `${uid}.0` });
    return bench.segment(uid, ['Liver', bar(0, 2)]);
  });
  const { exemplars } = bench;
  const encoded: LabelmapToEncode[] = [];
  const unused = {} as never;
  const learning: Learning = {
    adaptations: { ...({} as Learning['adaptations']), create: () => Promise.resolve() },
    files: { ...({} as Learning['files']), put: () => Promise.resolve('ab'.repeat(32)) },
    ...{ tasks: unused, packages: unused, volumeEncoder: unused, workers: unused, nowMs: exemplars.nowMs },
    // The second case is looked at: a reader renames what the first shows.
    patientKeyOf: patient => {
      const isSecond = patient.patientID === '1.2';
      if (isSecond)
        bench.logs
          .get(ids[0]!)!
          .operations.push({ kind: 'segment-changed', segmentNumber: 1, label: 'Spleen', colour: [1, 2, 3] });
      return exemplars.patientKeyOf(patient);
    },
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
  };
  const cases = ids.map(segmentationId => ({ kind: 'workspace', segmentationId }) as const);
  const settings = { steps: 1, rank: 1, seed: 0, folds: 2 };
  const request = { title: 'Liver', modelId: 'default', method: 'samed', cases, settings } as const;
  const job = await createAdaptation(request, learning, new AbortController().signal);
  expect(job.cases.map(({ origin }) => origin)).toMatchObject([{ version: 1 }, { version: 1 }]);
  expect(encoded.map(({ segments }) => segments.map(({ segmentNumber }) => segmentNumber))).toEqual([
    [1],
    [1],
  ]);
});

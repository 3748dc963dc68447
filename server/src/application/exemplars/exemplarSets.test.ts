import { beforeEach, describe, expect, test } from '@jest/globals';
import type { ExemplarSet } from '../../domain/exemplarSet.ts';
import { countVoxels, emptyMask } from '../../domain/mask.ts';
import { decodeRunLengths } from '../../domain/runLength.ts';
import { codesOfLabel } from '../../domain/segmentDescription.ts';
import { SegmentationRuns, type SegmentationRun } from '../segmentationRuns.ts';
import { createExemplarSet } from './createExemplarSet.ts';
import { bar, ExemplarBench } from './fixtures/exemplarBench.ts';
import { beginExemplarRun } from './runExemplarSet.ts';

const always = new AbortController().signal;
let bench: ExemplarBench;
beforeEach(() => {
  bench = new ExemplarBench();
  for (const uid of ['1.1', '1.2', '1.3']) bench.addSeries(uid);
});

function make(segmentationIds: readonly string[], labels?: readonly string[]): Promise<ExemplarSet> {
  const cases = segmentationIds.map(segmentationId => ({ kind: 'workspace', segmentationId }) as const);
  return createExemplarSet({ title: 'Bars', modelId: 'default', cases, labels }, bench.exemplars, always);
}

describe('making an exemplar set', () => {
  test('keeps where the cases are and what they show, and says what is missing in them', async () => {
    const both = bench.segment('1.1', ['Bar', bar(0, 2)], ['Other bar', bar(1, 3)]);
    const one = bench.segment('1.2', ['BAR ', bar(2, 4)], ['Empty', undefined]);
    const set = await make([both, one]);
    expect(set).toMatchObject({ title: 'Bars', modalities: ['CT'], createdAt: '2026-01-02T00:00:00.000Z' });
    expect(set.classes.map(({ label }) => label)).toEqual(['Bar', 'Other bar']);
    expect(set.cases.map(({ origin, labels }) => ({ origin, labels }))).toEqual([
      { origin: { kind: 'workspace', segmentationId: both, version: 2 }, labels: ['Bar', 'Other bar'] },
      { origin: { kind: 'workspace', segmentationId: one, version: 2 }, labels: ['BAR '] },
    ]);
    expect(set.warnings).toMatchObject([
      { code: 'class-missing', detail: expect.stringContaining('Case 2') },
    ]);
    expect(JSON.stringify(set)).not.toContain('runLength');
    expect([...bench.sets.values()]).toEqual([set]);
  });

  test('warns of cases of one patient, and of one series', async () => {
    bench.addSeries('1.4', { patientID: '1.1' });
    const of = (uid: string): string => bench.segment(uid, ['Bar', bar(0, 2)]);
    const codes = async (...uids: string[]): Promise<string[]> =>
      (await make(uids.map(of))).warnings.map(({ code }) => code);
    expect(await codes('1.1', '1.2')).toEqual([]);
    expect(await codes('1.1', '1.4')).toEqual(['one-patient']);
    expect(await codes('1.1', '1.1', '1.2')).toEqual(['series-twice']);
  });

  test('is refused where a case has no filled segment, none of the classes, or has gone; each is named', async () => {
    const good = bench.segment('1.1', ['Bar', bar(0, 2)]);
    const empty = bench.segment('1.2', ['Bar', emptyMask([8, 6, 4])]);
    const other = bench.segment('1.3', ['Other', bar(0, 2)]);
    const refusal = { code: 'unsuitable-cases' };
    await expect(make([good, empty])).rejects.toMatchObject({
      ...refusal,
      facts: { errors: [{ pointer: '/cases/1', detail: 'Case 2 has no segment that is not empty.' }] },
    });
    await expect(make([good, other], ['bar'])).rejects.toMatchObject({
      ...refusal,
      facts: { errors: [{ pointer: '/cases/1', detail: 'Case 2 has none of the classes.' }] },
    });
    await expect(make([good, 'gone'])).rejects.toMatchObject({
      ...refusal,
      facts: { errors: [{ pointer: '/cases/1', detail: expect.stringContaining('segmentation-not-found') }] },
    });
    expect(bench.sets.size).toBe(0);
  });

  test('is refused where one label is coded differently, and a code goes before none', async () => {
    const of = (uid: string, coded: string): string =>
      bench.segment(uid, ['Organ', bar(0, 2), codesOfLabel(coded)]);
    await expect(make([of('1.1', 'Liver'), of('1.2', 'Spleen')])).rejects.toMatchObject({
      facts: { errors: [{ pointer: '/cases', detail: expect.stringContaining('(Liver, Spleen)') }] },
    });
    const { classes } = await make([of('1.1', 'Structure'), of('1.2', 'Liver')]);
    expect(classes).toMatchObject([{ label: 'Organ', type: { meaning: 'Liver' } }]);
  });

  test('is refused without any class, with cases of several modalities, and of one that the model does not serve', async () => {
    bench.addSeries('1.5', { modality: 'MR' });
    bench.addSeries('1.6', { modality: 'XA' });
    const of = (uid: string): string => bench.segment(uid, ['Bar', bar(0, 2)]);
    await expect(make([of('1.1')], ['Spleen'])).rejects.toMatchObject({
      facts: { errors: expect.arrayContaining([{ pointer: '/classes/0', detail: expect.any(String) }]) },
    });
    await expect(make([of('1.1'), of('1.5')])).rejects.toMatchObject({
      facts: { errors: [{ pointer: '/cases', detail: expect.stringContaining('CT, MR') }] },
    });
    await expect(make([of('1.6')])).rejects.toMatchObject({ code: 'model-not-for-modality' });
  });
});

describe('a run of an exemplar set', () => {
  const runs = new SegmentationRuns(() => undefined);
  const run = async (set: ExemplarSet, uid: string): Promise<SegmentationRun> => {
    const series = { studyInstanceUID: '1.2', seriesInstanceUID: uid };
    const request = { exemplarSetId: set.id, series };
    const { id } = await beginExemplarRun(request, bench.exemplars, runs);
    while (runs.read(id).state.kind === 'running') await new Promise(setImmediate);
    return runs.read(id);
  };

  test('shows the method the labels as they were when the set was made, segments of one label as one', async () => {
    const edited = bench.segment('1.1', ['Bar', bar(0, 2)], ['bar', bar(1, 3)]);
    const set = await make([edited]);
    bench.logs.get(edited)!.operations.push({ kind: 'segment-removed', segmentNumber: 1 });
    expect((await run(set, '1.3')).state.kind).toBe('done');
    const [shown] = bench.shown[0]!;
    expect([...shown!.masks.keys()]).toEqual(['Bar']);
    expect(countVoxels(shown!.masks.get('Bar')!)).toBe(5);
  });

  test('gives a segmentation of every class, told to be found by exemplars', async () => {
    const one = bench.segment('1.1', ['Bar', bar(0, 2)]);
    const other = bench.segment('1.2', ['Other', bar(1, 3)]);
    const { state, warnings } = await run(await make([one, other]), '1.3');
    expect(warnings).toEqual([]);
    const { operations } = bench.logs.get(state.kind === 'done' ? state.segmentationId : '')!;
    expect(operations).toMatchObject([
      {
        label: 'Bar',
        description: {
          algorithm: { type: 'AUTOMATIC', name: expect.stringContaining('by exemplars: Bars') },
        },
      },
      { label: 'Other' },
    ]);
    const [bars, others] = operations.map(operation =>
      operation.kind === 'segment-added' ? operation.openedMask : undefined,
    );
    expect(countVoxels(decodeRunLengths(bars!.runLength))).toBe(2);
    expect(others).toBeUndefined();
  });

  test('on a series that is a case says so; on another modality it is refused', async () => {
    const set = await make([bench.segment('1.1', ['Bar', bar(0, 2)])]);
    expect(await run(set, '1.1')).toMatchObject({
      warnings: [{ code: 'series-is-exemplar' }],
      state: { kind: 'done' },
    });
    bench.addSeries('1.5', { modality: 'MR' });
    expect((await run(set, '1.5')).state).toMatchObject({ kind: 'failed', code: 'model-not-for-modality' });
  });

  test('fails where a case was deleted, or its series has other images', async () => {
    const [one, other] = ['1.1', '1.2'].map(uid => bench.segment(uid, ['Bar', bar(0, 2)])) as [
      string,
      string,
    ];
    const set = await make([one, other]);
    const volume = bench.volumes.get('1.2')!;
    bench.volumes.set('1.2', { ...volume, slices: [undefined, ...volume.slices.slice(1)] });
    const failed = { kind: 'failed', code: 'unsuitable-cases' };
    expect((await run(set, '1.3')).state).toMatchObject({
      ...failed,
      detail: expect.stringContaining('Case 2'),
    });
    bench.volumes.set('1.2', volume);
    expect((await run(set, '1.3')).state.kind).toBe('done');
    bench.logs.delete(one);
    expect((await run(set, '1.3')).state).toMatchObject({
      ...failed,
      detail: expect.stringContaining('Case 1'),
    });
  });

  test('looks again at cases whose images were replaced under the same UIDs', async () => {
    const set = await make([bench.segment('1.1', ['Bar', bar(0, 2)])]);
    for (const state of [0, 0, 7]) {
      bench.imagesState = state;
      await run(set, '1.3');
    }
    const [first, same, replaced] = bench.asked;
    expect(same).toEqual(first);
    expect(replaced).not.toEqual(first);
  });

  test('fails where the images of a case have gone from the archive, also where it is remembered what they look like', async () => {
    const [one, other] = ['1.1', '1.2'].map(uid => bench.segment(uid, ['Bar', bar(0, 2)]));
    const set = await make([one!, other!]);
    expect((await run(set, '1.3')).state.kind).toBe('done');
    bench.remembers = true;
    expect((await run(set, '1.3')).state.kind).toBe('done');
    bench.volumes.delete('1.2');
    expect((await run(set, '1.3')).state).toMatchObject({
      ...{ kind: 'failed', code: 'unsuitable-cases' },
      detail: expect.stringContaining('Case 2'),
    });
  });
});

import { beforeEach, describe, expect, test } from '@jest/globals';
import { SMALL_MODEL } from '../../domain/fixtures/smallModel.ts';
import { codesOfLabel } from '../../domain/segmentDescription.ts';
import { bar, ExemplarBench } from '../exemplars/fixtures/exemplarBench.ts';
import { surveyCases, type Survey } from './surveyCases.ts';

const always = new AbortController().signal;
const file = { path: '/zoo/encoder', sha256: '0'.repeat(64) };
const model = {
  ...SMALL_MODEL,
  adaptableEncoder: { graph: file, data: { ...file, fileName: 'encoder' }, weights: [] },
};
let bench: ExemplarBench;
beforeEach(() => {
  bench = new ExemplarBench();
});

function survey(segmentationIds: readonly string[], labels?: readonly string[]): Promise<Survey> {
  const { exemplars } = bench;
  const workspace = { ...exemplars.workspace, zoo: { list: () => [model], get: () => model } };
  const cases = segmentationIds.map(segmentationId => ({ kind: 'workspace', segmentationId }) as const);
  const request = { modelId: 'default', cases, labels, folds: 2 };
  return surveyCases(request, { ...exemplars, workspace }, always);
}

type Patient = Parameters<ExemplarBench['addSeries']>[1];

/** A series of a study of its own, with a bar. */
function caseOf(uid: string, patient: Patient = {}): string {
  bench.addSeries(uid, { studyInstanceUID: `${uid}.0`, ...patient });
  return bench.segment(uid, ['Liver', bar(0, 2)]);
}

function said({ warnings }: Survey): readonly string[] {
  return warnings.map(({ code, isFatal }) => (isFatal ? `${code}!` : code));
}

describe('cases of which a patient has two ids', () => {
  test('are in one fold where they are of one study, and the patients are counted so', async () => {
    const studyInstanceUID = '1.9';
    const one = caseOf('1.1', { studyInstanceUID, patientID: 'wrong' });
    const other = caseOf('1.2', { studyInstanceUID, patientID: 'right' });
    const later = caseOf('1.3', { patientID: 'right' });
    const alone = await survey([one, other, later]);
    expect(said(alone)).toEqual(['adaptation-leak!']);
    expect(alone.patients).toBe(1);
    const found = await survey([one, caseOf('1.4'), other, later]);
    expect(said(found)).toEqual([]);
    const [first, second, ...others] = found.cases.map(({ fold, patientKey }) => ({ fold, patientKey }));
    expect(others).toEqual([first, first]);
    expect(second!.fold).not.toBe(first!.fold);
    expect(second!.patientKey).not.toBe(first!.patientKey);
  });

  test('are named where name and birth date are alike, however the name is written', async () => {
    const born = { patientBirthDate: '19500101' };
    const one = caseOf('1.1', { ...born, patientName: 'DOE^Jane' });
    const other = caseOf('1.2', { ...born, patientName: 'Doe^Jane^^' });
    const found = await survey([one, other]);
    expect(said(found)).toEqual(['patients-alike']);
    expect(found.warnings[0]!.detail).toContain('Cases 1, 2 ');
    expect(JSON.stringify(found.warnings)).not.toMatch(/doe/i);
  });

  test('are not guessed of names alone', async () => {
    const patientName = 'ANONYMOUS';
    const found = await survey([caseOf('1.1', { patientName }), caseOf('1.2', { patientName })]);
    expect(said(found)).toEqual([]);
    const born = { patientName, patientBirthDate: '19500101' };
    const same = { ...born, patientID: 'p' };
    expect(said(await survey([caseOf('1.3', same), caseOf('1.4', same), caseOf('1.5')]))).toEqual([]);
  });
});

describe('classes', () => {
  test('that are coded differently under one label begin no job: a liver would come out as a spleen', async () => {
    const [liver, spleen] = [codesOfLabel('Liver'), codesOfLabel('Spleen')];
    for (const uid of ['1.1', '1.2']) bench.addSeries(uid, { studyInstanceUID: uid });
    const one = bench.segment('1.1', ['Segment 1', bar(0, 2), liver]);
    const other = bench.segment('1.2', ['segment 1', bar(0, 2), spleen]);
    const found = await survey([one, other]);
    expect(said(found)).toEqual(['class-ambiguous!']);
    expect(found.warnings[0]!.detail).toContain('“Segment 1” is coded differently');
    const same = bench.segment('1.2', ['segment 1', bar(0, 2), liver]);
    expect(said(await survey([one, same]))).toEqual([]);
  });

  test('that the cases of one fold alone show are named: who is judged on them has not learned them', async () => {
    for (const uid of ['1.1', '1.2', '1.3']) bench.addSeries(uid, { studyInstanceUID: uid });
    const of = (uid: string, ...labels: string[]): string =>
      bench.segment(uid, ...labels.map((label, n) => [label, bar(n, 2)] as const));
    const rare = await survey([of('1.1', 'Liver', 'Tumour'), of('1.2', 'Liver'), of('1.3', 'Liver')]);
    expect(said(rare)).toEqual(['class-missing', 'class-missing', 'class-unlearned']);
    expect(rare.warnings[2]!.detail).toMatch(/^All cases with “Tumour” .* fold 1: /);
    const enough = await survey([of('1.1', 'Liver', 'Tumour'), of('1.2', 'Liver', 'Tumour')]);
    expect(said(enough)).toEqual([]);
  });

  test('that share voxels are named, with the one that is learned there', async () => {
    for (const uid of ['1.1', '1.2']) bench.addSeries(uid, { studyInstanceUID: uid });
    const apart = bench.segment('1.1', ['Liver', bar(0, 2)], ['Tumour', bar(1, 2)]);
    const within = bench.segment('1.2', ['Tumour', bar(0, 2)], ['Liver', bar(0, 5)]);
    const found = await survey([apart, within]);
    expect(said(found)).toEqual(['classes-overlap']);
    expect(found.warnings[0]!.detail).toMatch(/^In case 2 “Liver” and “Tumour” overlap.* as “Tumour”\.$/);
    const turned = await survey([apart, within], ['Tumour', 'Liver']);
    expect(turned.warnings[0]!.detail).toMatch(/ as “Liver”\.$/);
    expect(said(await survey([apart, within], ['Liver']))).toEqual([]);
  });
});

test('a series that lacks slices is named: what lies in them is not learned as background', async () => {
  const volume = bench.addSeries('1.1', { studyInstanceUID: '1.1' });
  bench.volumes.set('1.1', {
    ...volume,
    slices: volume.slices.map((slice, k) => (k === 2 ? undefined : slice)),
  });
  const gappy = bench.segment('1.1', ['Liver', bar(0, 2)]);
  const found = await survey([gappy, caseOf('1.2')]);
  expect(said(found)).toEqual(['slices-missing']);
  expect(found.warnings[0]!.detail).toContain('Case 1 lacks 1 of its 4 slices');
});

test('a series whose slices are not evenly spaced is refused before a job is made of it', async () => {
  const volume = bench.addSeries('1.1', { studyInstanceUID: '1.1' });
  bench.volumes.set('1.1', {
    ...volume,
    geometry: { ...volume.geometry, slicePlaces: [0, 1, 2.5, 3.5] },
  });
  const uneven = bench.segment('1.1', ['Liver', bar(0, 2)]);
  const found = await survey([uneven, caseOf('1.2'), caseOf('1.3')]);
  expect(said(found)).toEqual(['case-refused!']);
  expect(found.warnings[0]!.detail).toContain('not evenly spaced');
});

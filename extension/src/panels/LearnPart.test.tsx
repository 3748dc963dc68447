import { describe, expect, test } from '@jest/globals';
import type {
  AdaptationContract,
  AdaptationPreview,
  ExemplarSetContract,
  SegmentationContract,
  TaskContract,
} from '@tomoclick/server/contract';
import { renderToStaticMarkup } from 'react-dom/server';
import { CaseDesk } from '../application/caseDesk.ts';
import { ExemplarDesk } from '../application/exemplarDesk.ts';
import { LearnDesk } from '../application/learnDesk.ts';
import { RunDesk } from '../application/runDesk.ts';
import { TaskDesk } from '../application/taskDesk.ts';
import { caseOfSegmentation } from '../domain/labelledCase.ts';
import type { LearningApi } from '../ports/learningApi.ts';
import { ExemplarPart } from './ExemplarPart.tsx';
import { LearnedTasks } from './LearnedTasks.tsx';
import { LearnPart } from './LearnPart.tsx';
import { pointsOf } from './JobProgress.tsx';
import { TaskPart } from './TaskPart.tsx';

const task = {
  ...{ id: 'liver', title: 'Liver on CT', state: 'promoted', isRunnable: true, modalities: ['CT'] },
  base: { model: 'sam3d-tiny', version: '0.6.0' },
  ...{ intendedUse: 'Research use only.', classes: [{ label: 'Liver' }] },
  quality: { patients: 9, perClass: [{ label: 'Liver', dice: 0.8, ci95: [0.7, 0.9] }] },
} as unknown as TaskContract;

function segmentation(id: string, voxelCount = 7): SegmentationContract {
  const segments = [{ label: 'Liver', voxelCount, volumeMl: 1.5 }];
  const of = { studyInstanceUID: `1.${id}`, seriesInstanceUID: `1.${id}.3`, stored: [] };
  return { id, segments, createdAt: '2026-01-01T00:00:00Z', ...of } as unknown as SegmentationContract;
}
const [caseA, caseB] = ['a', 'b'].map(id => caseOfSegmentation(segmentation(id))!);

const set = {
  ...{ id: 'set', title: 'Livers', modalities: ['CT'], classes: [{ label: 'Liver' }] },
  cases: ['p', 'p', 'q'].map((patientKey, index) => ({
    ...{ index, patientKey, studyInstanceUID: '1.a', seriesInstanceUID: '1.a.3', labels: ['Liver'] },
  })),
  warnings: [{ code: 'class-missing', detail: 'Case 2 has no “Spleen”.' }],
} as unknown as ExemplarSetContract;

const preview: AdaptationPreview = {
  ...{ canStart: true, patients: 2, modalities: ['CT'], classes: [], cases: [] },
  warnings: [{ code: 'class-missing', detail: 'Case 2 has no “Spleen”.', isFatal: false }],
};

let tasks: readonly TaskContract[] = [task];
const begun: unknown[] = [];
let jobs: readonly AdaptationContract[] = [];
let outdatedWorkers: readonly { readonly name: string; readonly reason: string }[] = [];
const api = {
  tasks: () => Promise.resolve({ tasks }),
  segmentations: () =>
    Promise.resolve({
      items: [segmentation('a'), segmentation('b'), segmentation('empty', 0)],
      isAll: false,
    }),
  exemplarSets: () => Promise.resolve({ exemplarSets: [set] }),
  adaptations: () => Promise.resolve({ adaptations: jobs, workers: [], outdatedWorkers }),
  readAdaptation: (id: string) =>
    Promise.resolve({ ...jobs.find(job => job.id === id)!, curve: [], log: [] }),
  preview: () => Promise.resolve(preview),
  begin: (request: unknown) => Promise.resolve(void begun.push(request)),
} as unknown as LearningApi;
const nowhere = (): string => '#';
const facts = {
  describe: ({ studyInstanceUID }: { readonly studyInstanceUID: string }) =>
    Promise.resolve({
      ...{ patientName: 'Doe, Jane', patientID: `ID ${studyInstanceUID}`, birthDate: '1964-02-29' },
      ...{
        studyDate: '2026-01-02',
        studyDescription: 'Abdomen',
        seriesDescription: 'Portal',
        modality: 'CT',
      },
    }),
};
const cases = new CaseDesk(api, facts, () => []);
const runs = new RunDesk(api, () => Promise.resolve());

describe('the part that has tasks learned', () => {
  const desk = new LearnDesk(api);
  const tasks = new TaskDesk(api);
  const markup = (): string =>
    renderToStaticMarkup(<LearnPart desk={desk} cases={cases} tasks={tasks} cardAddress={nowhere} />);
  const startButton = (): string =>
    /<button[^>]*data-cy="tomoclick-start-job"[^>]*>/.exec(markup())?.[0] ?? '';

  test('says that no worker is there, and how one is started', async () => {
    expect(markup()).not.toContain('tomoclick-no-worker');
    await desk.refresh();
    expect(markup()).toContain('python -m sam3d.worker');
  });

  test('says that the only worker is outdated, and what to do about it', async () => {
    outdatedWorkers = [{ name: 'gpu-1', reason: 'Update the worker.' }];
    await desk.refresh();
    expect(markup()).toContain(
      'The training worker gpu-1 does not fit this server: jobs wait. Update the worker.',
    );
    expect(markup()).not.toContain('python -m sam3d.worker');
    outdatedWorkers = [];
    await desk.refresh();
  });

  test('tells of the jobs that wait behind the one that runs, and why others have failed', async () => {
    const job = (title: string, state: object): AdaptationContract =>
      ({ id: title, title, state }) as unknown as AdaptationContract;
    const failed = (title: string): AdaptationContract =>
      job(title, { kind: 'failed', reason: `no ${title}` });
    jobs = [
      job('Spleens', { kind: 'queued', attempts: 0 }),
      job('Livers', { kind: 'running', attempts: 1, worker: 'gpu-1', progress: null }),
      ...['Lungs', 'Hearts', 'Brains', 'Bones'].map(failed),
      job('Kidneys', { kind: 'done', taskId: 'kidneys' }),
    ];
    await desk.refresh();
    const others = [...markup().matchAll(/<div[^>]*data-cy="tomoclick-other-job".*?<\/div>/g)].map(
      ([row]) => row,
    );
    expect(others).toHaveLength(4);
    expect(others[0]).toContain('Spleens<small>Waiting for a worker');
    expect(others[0]).toContain('tomoclick-cancel-job');
    expect(others[1]).toContain('Lungs<small>Failed: no Lungs');
    expect(others[1]).not.toContain('tomoclick-cancel-job');
    expect(others[3]).toContain('Brains');
    jobs = [];
    await desk.refresh();
  });

  test('starts a job only after its preview, of the cases that were seen in it', async () => {
    desk.toggle(caseA!);
    desk.toggle(caseB!);
    desk.setTitle('Livers');
    expect(startButton()).toContain('disabled');
    await desk.preview();
    expect(markup()).toContain('Case 2 has no “Spleen”.');
    expect(startButton()).not.toContain('disabled');
    desk.toggle(caseA!);
    expect(startButton()).toContain('disabled');
    desk.toggle(caseA!);
    await desk.preview();
    desk.changeSettings({ method: 'vanilla', steps: 40 });
    expect(startButton()).toContain('disabled');
    await desk.preview();
    await desk.begin();
    expect(begun).toMatchObject([
      {
        ...{ title: 'Livers', cases: [{ segmentationId: 'b' }, { segmentationId: 'a' }], method: 'vanilla' },
        settings: { steps: 40, rank: 4, folds: 2, synthesisShare: 0 },
      },
    ]);
  });
});

describe('the part that runs tasks', () => {
  test('offers what is promoted for the modality, with its quality and what it may be used for', async () => {
    const desk = new TaskDesk(api);
    await desk.refresh();
    const markup = (modality: string): string =>
      renderToStaticMarkup(
        <TaskPart {...{ desk, runs, modality }} onRun={undefined} cardAddress={nowhere} />,
      );
    expect(markup('CT')).toContain('Liver: Dice 0.80 (0.70–0.90); 9 held-back patients');
    expect(markup('CT')).toContain('Research use only.');
    expect(markup('MR')).not.toContain('tomoclick-run-task');
  });

  test('says of a task whose base has been replaced why it is not offered', async () => {
    tasks = [{ ...task, isRunnable: false }];
    const desk = new TaskDesk(api);
    await desk.refresh();
    const offered = renderToStaticMarkup(
      <TaskPart {...{ desk, runs, modality: 'CT' }} onRun={undefined} cardAddress={nowhere} />,
    );
    expect(offered).not.toContain('tomoclick-run-task');
    expect(offered).not.toContain('No task is promoted for CT');
    const learned = renderToStaticMarkup(<LearnedTasks desk={desk} cardAddress={nowhere} />);
    for (const text of [offered, learned]) expect(text).toContain('made for another version of its base');
    tasks = [task];
  });
});

describe('the part that segments by examples', () => {
  const desk = new ExemplarDesk(api, facts);
  const markup = (modality: string): string =>
    renderToStaticMarkup(<ExemplarPart {...{ desk, cases, runs, modality }} onRun={() => undefined} />);
  const runButton = (modality: string): string =>
    /<button[^>]*data-cy="tomoclick-run-set"[^>]*>/.exec(markup(modality))?.[0] ?? '';

  test('tells patients and series apart in what can be chosen, and leaves out what is empty', async () => {
    await cases.refresh();
    const text = markup('CT');
    for (const id of ['a', 'b']) expect(text).toContain(`Doe, Jane · ID 1.${id} · born 1964-02-29`);
    for (const fact of ['CT', 'Portal', 'Abdomen', '2026-01-02']) {
      expect(text).toContain(`<span>${fact}</span>`);
    }
    expect(text).toContain('Liver 1.50 ml');
    expect(text).toContain('Of the 200 segmentations edited last; older ones are not listed.');
    expect(text.match(/tomoclick-case"/g)).toHaveLength(4);
    desk.toggle(caseA!);
    expect(markup('CT')).toContain('1 chosen, of 1 patient');
  });

  test('runs a set where the modality fits, and says what the set is and what it lacks', async () => {
    await desk.refresh();
    expect(markup('CT')).toContain('3 examples of 2 patients');
    expect(markup('CT')).toContain('1. Doe, Jane · ID 1.a · born 1964-02-29: Liver');
    expect(markup('CT')).toContain('Case 2 has no “Spleen”.');
    expect(runButton('CT')).not.toContain('disabled');
    expect(runButton('MR')).toContain('disabled');
  });
});

test('a curve runs from left to right, and up where values rise', () => {
  expect(pointsOf([0, 1])).toBe('0,47 100,1');
  expect(pointsOf([4])).toBe('0,1');
});

import { describe, expect, test } from '@jest/globals';
import type { AdaptationPreview, SegmentationContract, TaskContract } from '@tomoclick/server/contract';
import { renderToStaticMarkup } from 'react-dom/server';
import { LearnDesk } from '../application/learnDesk.ts';
import { TaskDesk } from '../application/taskDesk.ts';
import type { LearningApi } from '../ports/learningApi.ts';
import { LearnPart } from './LearnPart.tsx';
import { pointsOf } from './JobProgress.tsx';
import { TaskPart } from './TaskPart.tsx';

const task = {
  ...{ id: 'liver', title: 'Liver on CT', state: 'promoted', isRunnable: true, modalities: ['CT'] },
  ...{ intendedUse: 'Research use only.', classes: [{ label: 'Liver' }] },
  quality: { patients: 9, perClass: [{ label: 'Liver', dice: 0.8, ci95: [0.7, 0.9] }] },
} as unknown as TaskContract;

function segmentation(id: string): SegmentationContract {
  const segments = [{ label: 'Liver', voxelCount: 7 }];
  return { id, segments, createdAt: '2026-01-01T00:00:00Z', seriesInstanceUID: '1.2.3' } as never;
}

const preview: AdaptationPreview = {
  ...{ canStart: true, patients: 2, modalities: ['CT'], classes: [], cases: [] },
  warnings: [{ code: 'class-missing', detail: 'Case 2 has no “Spleen”.', isFatal: false }],
};

const begun: unknown[] = [];
const api = {
  tasks: () => Promise.resolve({ tasks: [task] }),
  segmentations: () => Promise.resolve(['a', 'b'].map(segmentation)),
  adaptations: () => Promise.resolve({ adaptations: [], workers: [] }),
  preview: () => Promise.resolve(preview),
  begin: (request: unknown) => Promise.resolve(void begun.push(request)),
} as unknown as LearningApi;
const nowhere = (): string => '#';

describe('the part that has tasks learned', () => {
  const desk = new LearnDesk(api);
  const tasks = new TaskDesk(api, () => Promise.resolve());
  const markup = (): string =>
    renderToStaticMarkup(<LearnPart desk={desk} tasks={tasks} cardAddress={nowhere} />);
  const startButton = (): string =>
    /<button[^>]*data-cy="tomoclick-start-job"[^>]*>/.exec(markup())?.[0] ?? '';

  test('says that no worker is there, and how one is started', async () => {
    expect(markup()).not.toContain('tomoclick-no-worker');
    await desk.refresh();
    expect(markup()).toContain('python -m sam3d.worker');
  });

  test('starts a job only after its preview, of the cases that were seen in it', async () => {
    desk.toggle('a');
    desk.toggle('b');
    desk.setTitle('Livers');
    expect(startButton()).toContain('disabled');
    await desk.preview();
    expect(markup()).toContain('Case 2 has no “Spleen”.');
    expect(startButton()).not.toContain('disabled');
    desk.toggle('a');
    expect(startButton()).toContain('disabled');
    desk.toggle('a');
    await desk.preview();
    await desk.begin();
    expect(begun).toMatchObject([
      { title: 'Livers', cases: [{ segmentationId: 'b' }, { segmentationId: 'a' }] },
    ]);
  });
});

describe('the part that runs tasks', () => {
  test('offers what is promoted for the modality, with its quality and what it may be used for', async () => {
    const desk = new TaskDesk(api, () => Promise.resolve());
    await desk.refresh();
    const markup = (modality: string): string =>
      renderToStaticMarkup(
        <TaskPart desk={desk} modality={modality} runner={undefined} cardAddress={nowhere} />,
      );
    expect(markup('CT')).toContain('Liver: Dice 0.80 (0.70–0.90); 9 held-back patients');
    expect(markup('CT')).toContain('Research use only.');
    expect(markup('MR')).not.toContain('tomoclick-run-task');
  });
});

test('a curve runs from left to right, and up where values rise', () => {
  expect(pointsOf([0, 1])).toBe('0,47 100,1');
  expect(pointsOf([4])).toBe('0,1');
});

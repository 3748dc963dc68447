import { beforeEach, describe, expect, test } from '@jest/globals';
import type { AdaptationPreview, SegmentationContract } from '@tomoclick/server/contract';
import { NoAnswer, RefusedByServer } from '../domain/failure.ts';
import { caseOfSegmentation } from '../domain/labelledCase.ts';
import type { LearningApi } from '../ports/learningApi.ts';
import { ExemplarDesk } from './exemplarDesk.ts';
import { LearnDesk } from './learnDesk.ts';
import { TaskDesk } from './taskDesk.ts';

function caseOf(id: string) {
  const segments = [{ label: 'Liver', voxelCount: 7, volumeMl: 1.5 }];
  const of = { studyInstanceUID: `1.${id}`, seriesInstanceUID: `1.${id}.3`, stored: [] };
  return caseOfSegmentation({ id, segments, createdAt: '', ...of } as unknown as SegmentationContract)!;
}

const REFUSED = new RefusedByServer(422, 'series-twice', 'Twice', 'Leave one out.');

let isAway: boolean;
let previewed: (preview: AdaptationPreview) => void;
const answer = <Reply>(reply: Reply): Promise<Reply> =>
  isAway ? Promise.reject(new NoAnswer('gone')) : Promise.resolve(reply);
const api = {
  tasks: () => answer({ tasks: [] }),
  changeTask: () => Promise.reject(REFUSED),
  exemplarSets: () => answer({ exemplarSets: [] }),
  deleteExemplarSet: () => Promise.reject(REFUSED),
  adaptations: () => answer({ adaptations: [], workers: [], outdatedWorkers: [] }),
  preview: () => new Promise(resolve => (previewed = resolve)),
  begin: () => Promise.reject(REFUSED),
} as unknown as LearningApi;
const facts = { describe: () => Promise.resolve(null) };

beforeEach(() => {
  isAway = false;
});

describe.each([
  ['jobs', () => new LearnDesk(api), (desk: LearnDesk) => desk.begin()],
  ['tasks', () => new TaskDesk(api), (desk: TaskDesk) => desk.change({ id: 'a' } as never, 'promote')],
  ['sets', () => new ExemplarDesk(api, facts), (desk: ExemplarDesk) => desk.remove('a')],
] as const)('the desk of %s', (_name, newDesk, act) => {
  test('says why something was refused, whatever it sees when it looks again', async () => {
    const desk = newDesk();
    await act(desk as never);
    await desk.refresh();
    expect(desk.getState().failure).toMatchObject({ detail: 'Leave one out.' });
  });

  test('says that the server does not answer for as long as it does not', async () => {
    const desk = newDesk();
    isAway = true;
    await desk.refresh();
    expect(desk.getState().failure).toMatchObject({ retriable: true });
    isAway = false;
    await desk.refresh();
    expect(desk.getState().failure).toBeNull();
  });
});

test('a preview of what is no longer chosen is not shown, and nothing can be started by it', async () => {
  const desk = new LearnDesk(api);
  desk.toggle(caseOf('a'));
  desk.toggle(caseOf('b'));
  const asked = desk.preview();
  desk.toggle(caseOf('c'));
  previewed({ canStart: true } as AdaptationPreview);
  await asked;
  expect(desk.getState()).toMatchObject({ preview: null, isBusy: false });
  const again = desk.preview();
  previewed({ canStart: true } as AdaptationPreview);
  await again;
  expect(desk.getState().preview).toEqual({ canStart: true });
});

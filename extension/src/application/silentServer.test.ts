import { beforeEach, describe, expect, test } from '@jest/globals';
import { NoAnswerInTime } from '../domain/failure.ts';
import { activeSegment } from '../domain/promptSession.ts';
import { FakeDesk, settled } from './fixtures/fakeDesk.ts';
import { RunDesk } from './runDesk.ts';

let desk: FakeDesk;
beforeEach(() => {
  desk = new FakeDesk();
});

/** One click is answered; the answer to the next one does not come in time. */
async function silentAtSecondClick(lost: boolean) {
  const runner = desk.newRunner();
  runner.click([1, 0, 0]);
  await settled(runner);
  runner.click([2, 0, 0]);
  const { promptId } = runner.getSession().queue[0] as { readonly promptId: string };
  desk.server.faults.push({ on: `prompt ${promptId}`, error: new NoAnswerInTime('silent'), lost });
  await settled(runner);
  return { runner, call: `prompt ${promptId}` };
}

describe('a click that the server does not answer in time', () => {
  test('is told of at once, and is not sent again unasked', async () => {
    const { runner, call } = await silentAtSecondClick(false);
    expect(runner.getSession().failure).toMatchObject({
      title: 'The Tomoclick server has not answered in time',
      retriable: true,
    });
    expect(runner.unsentSteps).toBe(1);
    expect(desk.server.calls.filter(each => each === call)).toHaveLength(1);
  });

  test('has the server go on with the series meanwhile: the next try finds it further', async () => {
    await silentAtSecondClick(false);
    expect(desk.server.calls.at(-1)).toBe('warm');
  });

  test.each([true, false])('counts once when it is tried again (it had its effect: %s)', async lost => {
    const { runner, call } = await silentAtSecondClick(lost);
    runner.retry();
    await settled(runner);
    expect(runner.getSession().failure).toBeNull();
    expect(desk.server.calls.filter(each => each === call)).toHaveLength(2);
    expect(desk.server.segmentation!.segments[0]!.prompts).toHaveLength(2);
    expect(activeSegment(runner.getSession()).prompts).toHaveLength(2);
    expect(desk.view.labels.slice(0, 3)).toEqual([1, 1, 0]);
  });

  test('shows what has become of it when it is given up', async () => {
    const { runner } = await silentAtSecondClick(true);
    runner.dismiss();
    await settled(runner);
    expect(runner.getSession().failure).toMatchObject({ title: 'The segmentation has changed' });
    expect(desk.view.labels.slice(0, 3)).toEqual([1, 1, 0]);
  });

  test('does not take an undo twice', async () => {
    const runner = desk.newRunner();
    for (const x of [1, 2, 3]) runner.click([x, 0, 0]);
    await settled(runner);
    desk.server.faults.push({ on: 'undo', error: new NoAnswerInTime('silent'), lost: true });
    runner.takeStep('undo');
    await settled(runner);
    runner.retry();
    await settled(runner);
    expect(runner.getSession().failure).toBeNull();
    expect(activeSegment(runner.getSession()).prompts).toHaveLength(2);
  });
});

test('a run is followed no further where the server has not answered in time', async () => {
  let asked = 0;
  const runs = new RunDesk(
    {
      readRun: () => {
        asked += 1;
        return Promise.reject(new NoAnswerInTime('silent'));
      },
      cancelRun: () => Promise.reject(new Error('not asked for')),
    },
    () => Promise.resolve(),
  );
  const begun = { id: 'r', state: { kind: 'running' as const, progress: 0 }, warnings: [] };
  await runs.run(
    'task',
    'Livers',
    () => Promise.resolve(begun as never),
    () => undefined,
  );
  expect(asked).toBe(1);
  expect(runs.getState().failure).toMatchObject({ title: 'The Tomoclick server has not answered in time' });
});

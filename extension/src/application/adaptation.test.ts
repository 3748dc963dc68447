import { expect, test } from '@jest/globals';
import { activeSegment, hasUnsavedWork } from '../domain/promptSession.ts';
import { FakeDesk, settled } from './fixtures/fakeDesk.ts';

test('a prompt asks for the model alone where the reader wants that, and the note goes with the answer', async () => {
  const desk = new FakeDesk();
  const runner = desk.newRunner();
  desk.server.adaptation = { adaptationId: 'a', label: 'Liver', caseCount: 4 };
  runner.click([1, 2, 3]);
  await settled(runner);
  expect(activeSegment(runner.getSession()).adaptation).toEqual(desk.server.adaptation);
  runner.setAdaptive(false);
  runner.click([4, 5, 6]);
  await settled(runner);
  expect(activeSegment(runner.getSession()).adaptation).toBeNull();
  runner.setAdaptive(true);
  runner.takeStep('undo');
  await settled(runner);
  expect(activeSegment(runner.getSession()).adaptation).toEqual(desk.server.adaptation);
});

test('accepted cases are forgotten once, also where another window did it', async () => {
  const desk = new FakeDesk();
  const runner = desk.newRunner();
  desk.server.adaptation = { adaptationId: 'a', label: 'Liver', caseCount: 4 };
  for (const _ of ['here', 'there']) {
    runner.forgetAdaptation('a');
    await settled(runner);
    expect(runner.getSession()).toMatchObject({ failure: null, forgottenAdaptationId: 'a' });
  }
  expect(desk.server.adaptation).toBeNull();
});

test('a save that teaches nothing is told as saved, with what went wrong', async () => {
  const desk = new FakeDesk();
  const runner = desk.newRunner();
  desk.server.savingWarnings = [{ code: 'nothing-learned', detail: 'The disk is full.' }];
  runner.click([1, 2, 3]);
  runner.save();
  await settled(runner);
  expect(runner.getSession().failure).toBeNull();
  expect(hasUnsavedWork(runner.getSession())).toBe(false);
  expect(runner.getSession().notices).toEqual([
    { title: 'Saved, but nothing was learned from it', detail: 'The disk is full.' },
  ]);
});

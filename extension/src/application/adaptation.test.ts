import { expect, test } from '@jest/globals';
import { activeSegment } from '../domain/promptSession.ts';
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

import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { noiseVolume } from '../application/fixtures/ballPrediction.ts';
import { corrected, newLearning, PLACES, stored } from '../application/online/fixtures/acceptedBalls.ts';
import { MemoryAdaptationStore } from '../application/online/fixtures/memoryAdaptationStore.ts';
import { onlineWorkspace } from './onlineWorkspace.ts';

const log = pino({ level: 'silent' });
const never = new AbortController().signal;
const SEGMENTATION = corrected('Ball', PLACES.slice(0, 1));

function workspaceOf(store: MemoryAdaptationStore, isOn = true) {
  const learning = newLearning(store);
  const ports = { ...learning.prediction, memo: undefined } as unknown as Parameters<
    typeof onlineWorkspace
  >[1];
  return onlineWorkspace(learning, ports, isOn, log, never);
}

async function learnedFrom(store: MemoryAdaptationStore, isOn = true): Promise<readonly [boolean, boolean]> {
  const workspace = workspaceOf(store, isOn);
  const isNoted = await workspace.noteLessons(SEGMENTATION, noiseVolume);
  return [isNoted, await workspace.learnFromAccepted(stored(SEGMENTATION))];
}

test('a save that teaches says that it has, or that there is nothing to learn', async () => {
  expect(await learnedFrom(new MemoryAdaptationStore())).toEqual([true, true]);
  expect(await learnedFrom(new MemoryAdaptationStore(), false)).toEqual([true, true]);
});

test('a lesson that fails is told, and fails no save', async () => {
  class Unwell extends MemoryAdaptationStore {
    override learn = (): Promise<boolean> => Promise.reject(new Error('disk full'));
  }
  expect(await learnedFrom(new Unwell())).toEqual([true, false]);
});

test('a lesson that cannot be noted is told, too', async () => {
  class Unwell extends MemoryAdaptationStore {
    override note = (): Promise<void> => Promise.reject(new Error('disk full'));
  }
  expect((await learnedFrom(new Unwell()))[0]).toBe(false);
});

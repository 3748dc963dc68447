import { beforeEach, describe, expect, test } from '@jest/globals';
import { Problem } from '../../domain/errors.ts';
import { MOST_LESSONS, MOST_TRIES, type Lesson } from '../../domain/online/lesson.ts';
import type { OnlineAdaptation } from '../../domain/online/onlineAdaptation.ts';
import type { Segmentation } from '../../domain/segmentation.ts';
import { always, noiseVolume } from '../fixtures/ballPrediction.ts';
import { corrected, newLearning, PLACES, SCOPE, stored } from './fixtures/acceptedBalls.ts';
import { MemoryAdaptationStore } from './fixtures/memoryAdaptationStore.ts';
import { learnFromAccepted, noteLessons } from './learnFromAccepted.ts';
import { learnMissed } from './learnMissed.ts';
import { resetAdaptation } from './resetAdaptation.ts';
import type { OnlineLearning } from './onlineLearning.ts';

const TWO = PLACES.slice(0, 2);
const CRASH = new Error('the process has ended');

let store: MemoryAdaptationStore;
let failures: unknown[];
/** By id, as they are in the op log. */
let known: Map<string, readonly Segmentation[]>;
beforeEach(() => {
  store = new MemoryAdaptationStore();
  failures = [];
  known = new Map();
});

/** As a save does until the process ends: noted, and in the op log as it is, and as stored. */
async function saveAndEnd(segmentation: Segmentation): Promise<Segmentation> {
  await noteLessons(segmentation, noiseVolume, newLearning(store));
  const after = stored(segmentation);
  known.set(segmentation.id, [...(known.get(segmentation.id) ?? []), segmentation, after]);
  return after;
}

/** What the next process does with what was noted as it began. */
async function goOn(
  missed?: readonly Lesson[],
  learning: OnlineLearning = newLearning(store),
  signal: AbortSignal = always,
): Promise<void> {
  const segmentations = {
    load: (id: string, version?: number) => {
      const versions = known.get(id) ?? [];
      const found = version === undefined ? versions.at(-1) : versions.find(each => each.version === version);
      return found
        ? Promise.resolve(found)
        : Promise.reject(new Problem('segmentation-not-found', 'Deleted.'));
    },
  };
  const lessons = missed ?? (await store.lessons(SCOPE));
  await learnMissed(lessons, { ...learning, segmentations, retryAfterMs: 1 }, signal, reason =>
    failures.push(reason),
  );
}

async function casesOf(from: MemoryAdaptationStore): Promise<OnlineAdaptation['cases']> {
  return (await from.list(SCOPE)).flatMap(({ cases }) => cases);
}

/** What a process learns that nothing ends. */
async function undisturbed(segmentation: Segmentation): Promise<OnlineAdaptation['cases']> {
  const learning = newLearning();
  await noteLessons(segmentation, noiseVolume, learning);
  await learnFromAccepted(stored(segmentation), learning, always);
  return (await learning.store.list(SCOPE)).flatMap(({ cases }) => cases);
}

/** Of a process that ends when one lesson more is learned. */
class EndingStore extends MemoryAdaptationStore {
  lessonsLeft = 1;

  override learn(...call: Parameters<MemoryAdaptationStore['learn']>): Promise<boolean> {
    return this.lessonsLeft-- > 0 ? super.learn(...call) : Promise.reject(CRASH);
  }
}

describe('what was stored as the process ended', () => {
  test('is learned by the next one, as it would have been, once', async () => {
    const segmentation = corrected('Cyst', TWO);
    await saveAndEnd(segmentation);
    const missed = await store.lessons(SCOPE);
    expect(missed).toHaveLength(2);
    await goOn();
    expect(await casesOf(store)).toEqual(await undisturbed(segmentation));
    const [once] = await store.list(SCOPE);
    expect(once).toMatchObject({ revision: 2, label: 'Cyst' });
    await goOn();
    await goOn(missed);
    expect(await store.list(SCOPE)).toEqual([once]);
    expect(failures).toEqual([]);
  });

  test('is learned on from where the process ended in the middle', async () => {
    const ending = new EndingStore();
    store = ending;
    const segmentation = corrected('Cyst', TWO);
    const after = await saveAndEnd(segmentation);
    await expect(learnFromAccepted(after, newLearning(ending), always)).rejects.toBe(CRASH);
    expect(await casesOf(ending)).toHaveLength(1);
    expect(await ending.lessons(SCOPE)).toMatchObject([{ segmentNumber: 2 }]);
    ending.lessonsLeft = MOST_LESSONS;
    await goOn();
    expect(await casesOf(ending)).toEqual(await undisturbed(segmentation));
    expect(await ending.list(SCOPE)).toMatchObject([{ revision: 2 }]);
  });

  test('teaches nothing where it was noted and never stored, or has been deleted since', async () => {
    const segmentation = corrected('Cyst', TWO);
    await noteLessons(segmentation, noiseVolume, newLearning(store));
    known.set(segmentation.id, [segmentation]);
    await goOn();
    expect(failures).toEqual([]);
    await saveAndEnd(corrected('Cyst', PLACES.slice(2)));
    known.clear();
    await goOn();
    expect(failures).toMatchObject([{ code: 'segmentation-not-found' }, { code: 'segmentation-not-found' }]);
    expect(await store.list(SCOPE)).toEqual([]);
    expect(await store.lessons(SCOPE)).toEqual([]);
  });

  test('does not replace what was stored of it later', async () => {
    const before = corrected('Cyst', TWO.slice(0, 1));
    await saveAndEnd(before);
    const missed = await store.lessons(SCOPE);
    const later = { ...before, version: before.version + 7 };
    await learnFromAccepted(await saveAndEnd(later), newLearning(store), always);
    const learned = await store.list(SCOPE);
    expect(learned).toMatchObject([{ revision: 1 }]);
    await goOn(missed);
    expect(await store.list(SCOPE)).toEqual(learned);
  });

  test('waits for an archive that is not there yet', async () => {
    await saveAndEnd(corrected('Cyst', TWO));
    const learning = newLearning(store);
    let absences = 3;
    const volumes: OnlineLearning['prediction']['volumes'] = {
      load: (series, signal) =>
        absences-- > 0
          ? Promise.reject(new Problem('archive-unreachable', 'Starts.'))
          : learning.prediction.volumes.load(series, signal),
    };
    await goOn(undefined, { ...learning, prediction: { ...learning.prediction, volumes } });
    expect(await casesOf(store)).toHaveLength(2);
    expect(failures).toEqual([]);
  });

  test('stays noted, and counts as not begun, where the process is stopped meanwhile', async () => {
    await saveAndEnd(corrected('Cyst', TWO));
    const noted = await store.lessons(SCOPE);
    const stopping = new AbortController();
    const learning = newLearning(store);
    const volumes: OnlineLearning['prediction']['volumes'] = {
      load: () => {
        stopping.abort();
        return Promise.reject(new Problem('cancelled', 'Stops.'));
      },
    };
    const stopped = goOn(
      undefined,
      { ...learning, prediction: { ...learning.prediction, volumes } },
      stopping.signal,
    );
    await expect(stopped).rejects.toThrow('cancelled');
    expect(await store.lessons(SCOPE)).toEqual(noted);
    await goOn();
    expect(await casesOf(store)).toHaveLength(2);
  });

  test('is given up where it has ended so many processes itself, and what comes after it is learned', async () => {
    await saveAndEnd(corrected('Cyst', TWO));
    for (let tries = 1; tries <= MOST_TRIES; tries++) {
      const learning = newLearning(store);
      // From here on nothing of the process is heard any more.
      const reached = new Promise<void>(resolve => {
        const volumes: OnlineLearning['prediction']['volumes'] = {
          load: () => {
            resolve();
            return new Promise(() => undefined);
          },
        };
        void goOn(undefined, { ...learning, prediction: { ...learning.prediction, volumes } });
      });
      await reached;
      expect(await store.lessons(SCOPE)).toMatchObject([{ tries }, { tries: 0 }]);
    }
    await goOn();
    expect(await casesOf(store)).toMatchObject([{ key: expect.stringMatching(/\/2$/) }]);
  });

  test('is forgotten with what is reset', async () => {
    const learning = newLearning(store);
    const after = await saveAndEnd(corrected('Cyst', TWO.slice(0, 1)));
    await learnFromAccepted(after, learning, always);
    await saveAndEnd(corrected('Cyst', PLACES.slice(2)));
    await saveAndEnd(corrected('Lesion', PLACES.slice(3)));
    const [adaptation] = await store.list(SCOPE);
    await resetAdaptation(adaptation!.id, learning);
    await goOn();
    expect(await store.list(SCOPE)).toMatchObject([{ label: 'Lesion' }]);
  });
});

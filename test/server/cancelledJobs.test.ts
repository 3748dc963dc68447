import { readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { newAdaptation, newTask } from '../contract/adaptationStore.ts';
import { cancelAdaptation, readAdaptation } from '../../server/src/application/learning/adaptationJobs.ts';
import { completeAdaptation } from '../../server/src/application/learning/completeAdaptation.ts';
import {
  claimAdaptation,
  failAdaptation,
  keepCheckpoint,
  keepPackageFile,
  type Leased,
} from '../../server/src/application/learning/workerProtocol.ts';
import type { TaskDescription } from '../../server/src/domain/task.ts';
import type { PackageFileName } from '../../server/src/domain/taskPackage.ts';
import { WORKER_PROTOCOL } from '../../server/src/application/learning/workerFit.ts';
import { content, openLearningJobs, type LearningJobs } from './learningJobs.ts';

const SAMED = { worker: 'w', methods: ['samed'] as const, protocol: WORKER_PROTOCOL };
const LOOKING_MS = 8;
const WON = 5;
const PACKAGE: readonly PackageFileName[] = [
  ...(['task.json', 'adapter.safetensors', 'task_decoder.onnx', 'CARD.md'] as const),
];

let jobs: LearningJobs;
/** What happens while a package is looked at. */
let looking: (id: string) => Promise<void>;
let taskIds: string[];
/** What a package says otherwise than its job. */
let packaged: Partial<TaskDescription>;

beforeEach(async () => {
  looking = () => Promise.resolve();
  taskIds = [];
  packaged = {};
  const packages = {
    read: async () => {
      const id = taskIds[0] ?? '';
      await looking(id);
      return { ...newTask(id).description, ...packaged };
    },
  };
  jobs = await openLearningJobs({ packages });
});
afterEach(() => jobs.close());

/** A job whose worker has sent all of its package. */
async function handedOver(): Promise<Leased> {
  const { id } = newAdaptation();
  await jobs.learning.adaptations.create({ ...newAdaptation(), id });
  const claimed = await claimAdaptation(SAMED, jobs.learning);
  const leased = { id, leaseId: claimed?.leaseId ?? '' };
  await keepCheckpoint(leased, content(`checkpoint of ${id}`), jobs.learning);
  for (const name of PACKAGE) {
    await keepPackageFile(leased, name, content(`${name} of ${id}`), jobs.learning);
  }
  taskIds = [id];
  return leased;
}

const complete = (leased: Leased): Promise<string> => completeAdaptation(leased, jobs.learning);
const cancel = (id: string): Promise<unknown> => cancelAdaptation(id, jobs.learning);
const stateOf = async (id: string): Promise<string> =>
  (await readAdaptation(id, jobs.learning)).job.state.kind;
const storedFiles = (): readonly string[] => readdirSync(jobs.root).filter(name => name !== 'incoming');
const registered = async (): Promise<readonly string[]> =>
  (await jobs.learning.tasks.list()).map(({ description }) => description.id);

describe('a job that is cancelled while its package is looked at', () => {
  test('leaves neither a task nor a file', async () => {
    const leased = await handedOver();
    looking = async id => void (await cancel(id));
    await expect(complete(leased)).rejects.toThrow('lease-lost');
    expect(await registered()).toEqual([]);
    expect(storedFiles()).toEqual([]);
    await failAdaptation(leased, 'as told', jobs.learning);
    expect(await stateOf(leased.id)).toBe('cancelled');
  });

  test('is said to be cancelled, and not to have a wrong package', async () => {
    const leased = await handedOver();
    looking = async id => {
      await cancel(id);
      throw new Error('no such file');
    };
    await expect(complete(leased)).rejects.toThrow('lease-lost');
  });

  test('lets a file alone that another job has sent, too', async () => {
    const leased = await handedOver();
    const { id } = newAdaptation();
    await jobs.learning.adaptations.create({ ...newAdaptation(), id });
    const other = { id, leaseId: (await claimAdaptation(SAMED, jobs.learning))?.leaseId ?? '' };
    await keepPackageFile(other, 'CARD.md', content(`CARD.md of ${leased.id}`), jobs.learning);
    await cancel(leased.id);
    expect(storedFiles()).toHaveLength(1);
    await cancel(other.id);
    expect(storedFiles()).toEqual([]);
  });

  test('keeps nothing of a file that is still on its way', async () => {
    const leased = await handedOver();
    async function* slowly(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('half of it, ');
      await cancel(leased.id);
      yield Buffer.from('and the rest');
    }
    await expect(keepPackageFile(leased, 'CARD.md', slowly(), jobs.learning)).rejects.toThrow('lease-lost');
    expect(storedFiles()).toEqual([]);
  });
});

describe('a job that is completed first', () => {
  test('is not cancelled any more, and keeps its task and the files of it', async () => {
    const leased = await handedOver();
    expect(await complete(leased)).toBe(leased.id);
    await expect(cancel(leased.id)).rejects.toThrow('wrong-state');
    expect(await registered()).toEqual([leased.id]);
    expect(storedFiles()).toHaveLength(PACKAGE.length);
  });

  test('answers alike where it is asked for again before it has answered', async () => {
    const leased = await handedOver();
    looking = () => delay(LOOKING_MS);
    expect(await Promise.all([complete(leased), complete(leased)])).toEqual([leased.id, leased.id]);
  });
});

test('a package of which a file is replaced while it is looked at is not registered as it was', async () => {
  const leased = await handedOver();
  looking = () => keepPackageFile(leased, 'CARD.md', content('Another card'), jobs.learning);
  await expect(complete(leased)).rejects.toThrow('invalid-task-package');
  expect(await registered()).toEqual([]);
  looking = () => Promise.resolve();
  expect(await complete(leased)).toBe(leased.id);
  const [task] = await jobs.learning.tasks.list();
  expect(storedFiles()).toEqual(Object.values(task!.files).sort());
});

describe('a package that is not what its job asked for', () => {
  const { classes } = newAdaptation();
  const spleen = { value: '78961009', scheme: 'SCT', meaning: 'Spleen' };
  const others: readonly (readonly [string, Partial<TaskDescription>, string])[] = [
    ['of another job', { id: 'another' }, 'package of another'],
    ['of another method', { method: 'vanilla' }, 'by vanilla'],
    ['on another base', { base: { model: 'm', version: '2', encoderSha256: 'ab'.repeat(32) } }, 'on m 2'],
    ['for more modalities', { modalities: ['CT', 'MR'] }, 'for CT, MR, not for CT'],
    ['with other codes', { classes: classes.map(each => ({ ...each, type: spleen })) }, 'with its codes'],
    ['with other labels', { classes: classes.map(each => ({ ...each, label: 'Milz' })) }, 'classes'],
    ['with fewer classes', { classes: [] }, 'classes'],
  ];

  test.each(others)('%s registers no task', async (_, otherwise, reason) => {
    const leased = await handedOver();
    packaged = otherwise;
    await expect(complete(leased)).rejects.toThrow(reason);
    expect(await registered()).toEqual([]);
    expect(await stateOf(leased.id)).toBe('running');
    packaged = {};
    expect(await complete(leased)).toBe(leased.id);
  });

  test('is looked at once, however often its worker asks before it is answered', async () => {
    const leased = await handedOver();
    let looks = 0;
    looking = () => delay(++looks * LOOKING_MS);
    packaged = { method: 'vanilla' };
    const asked = await Promise.allSettled([complete(leased), complete(leased), complete(leased)]);
    expect(asked.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(looks).toBe(1);
  });
});

test('of cancel and complete at once one wins, and the other is told so', async () => {
  const won = { cancel: 0, complete: 0 };
  looking = () => delay(LOOKING_MS);
  // Later and later, until each has won some times.
  for (let waitMs = 0; Math.min(won.cancel, won.complete) < WON; waitMs += LOOKING_MS / 4) {
    const before = (await registered()).length;
    const leased = await handedOver();
    const late = delay(waitMs).then(() => cancel(leased.id));
    const [completing, cancelling] = await Promise.allSettled([complete(leased), late]);
    const isDone = completing.status === 'fulfilled';
    won[isDone ? 'complete' : 'cancel']++;
    expect(cancelling.status).toBe(isDone ? 'rejected' : 'fulfilled');
    expect(await stateOf(leased.id)).toBe(isDone ? 'done' : 'cancelling');
    expect((await registered()).length - before).toBe(isDone ? 1 : 0);
    expect(storedFiles()).toHaveLength((await registered()).length * PACKAGE.length);
  }
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { FolderFileStore } from '../../server/src/adapters/fileStore/folderFileStore.ts';
import { migrateWorkspace } from '../../server/src/adapters/postgres/migrations.ts';
import { openPgliteDatabase } from '../../server/src/adapters/postgres/pgliteDatabase.ts';
import { PostgresAdaptationStore } from '../../server/src/adapters/postgres/postgresAdaptationStore.ts';
import { PostgresTaskRegistry } from '../../server/src/adapters/postgres/postgresTaskRegistry.ts';
import { KeyedMutex } from '../../server/src/application/keyedMutex.ts';
import type { Learning } from '../../server/src/application/learning/learning.ts';
import { WorkerPresence } from '../../server/src/application/learning/workerPresence.ts';
import { SingleFlight } from '../../server/src/application/singleFlight.ts';
import type { ModelManifest } from '../../server/src/domain/modelManifest.ts';
import type { TaskPackages } from '../../server/src/ports/taskPackages.ts';

/** Jobs on tables and in a folder of their own, without a server. */
export interface LearningJobs {
  readonly learning: Learning;
  /** Of the stored files. */
  readonly root: string;
  readonly clock: { nowMs: number };
  readonly close: () => Promise<void>;
}

/** @param graceMs for which stored files that nobody names are let alone; absent: as long as in the server */
export async function openLearningJobs(
  options: {
    readonly graceMs?: number;
    readonly packages?: TaskPackages;
    readonly models?: readonly ModelManifest[];
  } = {},
): Promise<LearningJobs> {
  const database = await openPgliteDatabase();
  await migrateWorkspace(database);
  const root = mkdtempSync(join(tmpdir(), 'tomoclick-jobs-'));
  const clock = { nowMs: 0 };
  const unused = {} as never;
  const learning: Learning = {
    adaptations: new PostgresAdaptationStore(database),
    tasks: new PostgresTaskRegistry(database),
    files: await FolderFileStore.open(root, options.graceMs),
    packages: options.packages ?? unused,
    workers: new WorkerPresence(),
    completions: new SingleFlight(),
    nowMs: () => clock.nowMs,
    ...{ volumeEncoder: unused, patientKeyOf: unused },
    workspace: {
      ...({} as Learning['workspace']),
      ...{ mutex: new KeyedMutex(), zoo: { list: () => options.models ?? [], get: unused } },
    },
  };
  return {
    ...{ learning, root, clock },
    close: async () => {
      await database.close();
      rmSync(root, { recursive: true });
    },
  };
}

export function content(words: string): Readable {
  return Readable.from([Buffer.from(words)]);
}

/** Child process of workspaceStore.test.ts: clicks until it is killed, and prints each version once acknowledged. */
import { writeSync } from 'node:fs';
import { openPgliteDatabase } from '../../server/src/adapters/postgres/pgliteDatabase.ts';
import { PostgresWorkspaceStore } from '../../server/src/adapters/postgres/postgresWorkspaceStore.ts';
import type { Operation } from '../../server/src/domain/segmentation.ts';

/** A mask snapshot of a size that clicks have, whose bytes tell the version that wrote it. */
export function snapshotOf(version: number): Uint8Array {
  return Uint8Array.from({ length: 6000 }, (_, n) => (n * version) % 251);
}

export async function openStore(folder: string): Promise<{
  readonly store: PostgresWorkspaceStore;
  readonly close: () => Promise<void>;
}> {
  const database = await openPgliteDatabase(folder);
  return { store: await PostgresWorkspaceStore.open(database), close: () => database.close() };
}

async function clickForever(folder: string, id: string): Promise<never> {
  const { store } = await openStore(folder);
  const existing = await store.list({ limit: 1, offset: 0 });
  if (existing.length === 0) {
    const series = { studyInstanceUID: '1.2', seriesInstanceUID: '1.2.3' };
    await store.create({ id, series, modelId: 'm', createdAt: new Date().toISOString() });
    await store.append(id, 0, [
      { kind: 'segment-added', segmentNumber: 1, label: 'x', colour: [1, 2, 3], trackingUID: '2.25.1' },
    ]);
  }
  for (let version = Math.max(1, existing[0]?.version ?? 1); ; version += 2) {
    const click = (at: number): Operation => ({
      kind: 'step-added',
      segmentNumber: 1,
      step: {
        kind: 'prompt',
        promptId: `click-${at}`,
        predictedIou: 0.5,
        prompt: { kind: 'point', pointLps: [at, 0, 0], polarity: 'include' },
        mask: { voxelCount: at, volumeMl: at, runLength: snapshotOf(at) },
      },
    });
    // Two at a time: half of an append must never be seen.
    await store.append(id, version, [click(version + 1), click(version + 2)]);
    writeSync(1, `${version + 2}\n`);
  }
}

const [folder, id] = process.argv.slice(2);
if (
  folder &&
  id &&
  import.meta.url.endsWith('appendClicks.ts') &&
  process.argv[1]?.endsWith('appendClicks.ts')
) {
  await clickForever(folder, id);
}

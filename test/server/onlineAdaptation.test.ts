import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Vector3 } from '../../server/src/domain/affine.ts';
import {
  onlineAdaptationListSchema,
  type OnlineAdaptationList,
} from '../../server/src/contract/onlineAdaptation.ts';
import type { SegmentUpdate } from '../../server/src/contract/segmentation.ts';
import { smallSeries } from '../phantom/smallSeries.ts';
import { writeUnrefinedZoo } from '../fixtures/unrefinedZoo.ts';
import { ApiClient, click } from './apiClient.ts';
import { expectProblem } from './expectProblem.ts';
import { prepareFolders, startServer, type RunningServer } from './runningServer.ts';
import { BALL, SERIES, STARTING_TIMEOUT_MS } from './smallSeriesServer.ts';

/** Of another patient. */
const OTHER_SERIES = smallSeries({ seed: 2 });
const folders = prepareFolders([...SERIES.files, ...OTHER_SERIES.files]);
const models = { TOMOCLICK_MODELS: join(folders.imports, '../zoo') };
const LIST = '/api/v1/online-adaptations';
const LABEL = 'Ball and shell';
const EXCHANGE_TIMEOUT_MS = 240_000;
const LEARNING_MS = 30_000;

let server: RunningServer;
let client: ApiClient;
async function start(
  environment: Readonly<Record<string, string>> = {},
  imports: readonly string[] = [],
): Promise<void> {
  server = await startServer(folders.home, { imports, environment: { ...models, ...environment } });
  client = new ApiClient(server.url);
}
async function restart(signal: NodeJS.Signals): Promise<void> {
  await server.end(signal);
  await start();
}
beforeAll(() => {
  writeUnrefinedZoo(models.TOMOCLICK_MODELS);
  return start({}, [folders.imports]);
}, STARTING_TIMEOUT_MS);
afterAll(async () => {
  await server.end('SIGTERM');
  folders.remove();
});

async function learned(): Promise<OnlineAdaptationList> {
  return onlineAdaptationListSchema.parse((await client.send('GET', LIST)).json);
}

/** A segment of its own, clicked on in one ball. */
async function opened(
  label: string,
  onlineAdaptation: 'on' | 'off' = 'on',
  series = SERIES,
): Promise<{ readonly id: string; readonly update: SegmentUpdate }> {
  const { id } = await client.create(series, [label]);
  const prompts = [click(BALL.centreLps)];
  return { id, update: await client.edit(id, 'prompts', { prompts, onlineAdaptation }) };
}

/** Always corrected alike: what lies about the ball belongs to it, too. */
function correction(): { readonly promptId: string; readonly prompt: unknown } {
  const [x, y, z] = BALL.centreLps;
  const pointsLps = Array.from({ length: 8 }, (_, n): Vector3 => {
    const angle = (n * Math.PI) / 4;
    return [x + 2 * BALL.radiusMm * Math.cos(angle), y + 2 * BALL.radiusMm * Math.sin(angle), z];
  });
  return { promptId: crypto.randomUUID(), prompt: { kind: 'lasso', pointsLps, polarity: 'include' } };
}

async function correctedAndStored(id: string): Promise<void> {
  await client.edit(id, 'prompts', { prompts: [correction()] });
  expect((await client.send('POST', `/api/v1/segmentations/${id}/store`)).status).toBe(201);
}

async function masksOf(id: string): Promise<Uint8Array> {
  return (await client.send('GET', `/api/v1/segmentations/${id}/exports/nifti`)).bytes;
}

test(
  'accepted corrections change the next first answer, which says so; undo, redo and a restart keep it',
  async () => {
    expect(await learned()).toEqual({ isOn: true, adaptations: [] });
    const first = await opened(LABEL);
    expect(first.update.segment.adaptation).toBeNull();
    await correctedAndStored(first.id);
    const second = await opened(LABEL);
    expect(second.update.segment).toMatchObject({
      ...{ adaptation: null, voxelCount: first.update.segment.voxelCount },
    });
    await correctedAndStored(second.id);
    // Of one patient: what the first has taught of the second says nothing of anybody else.
    expect((await learned()).adaptations).toMatchObject([{ caseCount: 2, state: 'unproven' }]);
    const elsewhere = await opened(LABEL, 'on', OTHER_SERIES);
    expect(elsewhere.update.segment.adaptation).toBeNull();
    await correctedAndStored(elsewhere.id);

    const [adaptation] = (await learned()).adaptations;
    expect(adaptation).toMatchObject({ label: LABEL, caseCount: 3, state: 'fused' });
    const { id, update } = await opened(LABEL);
    expect(update.segment.adaptation).toEqual({
      ...{ adaptationId: adaptation?.id, label: LABEL, caseCount: 3 },
    });
    expect(update.segment.voxelCount).not.toBe(first.update.segment.voxelCount);
    const off = await opened(LABEL, 'off');
    expect(off.update.segment).toMatchObject({
      ...{ adaptation: null, voxelCount: first.update.segment.voxelCount },
    });
    expect((await opened('Something else')).update.segment.adaptation).toBeNull();

    const before = await masksOf(id);
    await client.edit(id, 'undo');
    const redone = await client.edit(id, 'redo');
    expect(redone.segment.adaptation).toEqual(update.segment.adaptation);
    expect(await masksOf(id)).toEqual(before);

    // What comes on top is answered from the same first answer, wherever the server has been meanwhile.
    const more = correction();
    const here = await client.edit(id, 'prompts', { prompts: [more] });
    await client.edit(id, 'undo');
    await restart('SIGKILL');
    expect((await learned()).adaptations).toEqual([adaptation]);
    const there = await client.edit(id, 'prompts', {
      prompts: [{ ...more, promptId: crypto.randomUUID() }],
    });
    expect(there.segment.voxelCount).toBe(here.segment.voxelCount);
    expect(there.segment.adaptation).toEqual(update.segment.adaptation);
  },
  EXCHANGE_TIMEOUT_MS,
);

test(
  'what was learned is reset, once',
  async () => {
    const [adaptation] = (await learned()).adaptations;
    expect((await client.send('DELETE', `${LIST}/${adaptation?.id}`)).status).toBe(204);
    expect((await learned()).adaptations).toEqual([]);
    expectProblem(await client.send('DELETE', `${LIST}/${adaptation?.id}`), 'online-adaptation-not-found');
    expect((await opened(LABEL)).update.segment.adaptation).toBeNull();
  },
  EXCHANGE_TIMEOUT_MS,
);

test(
  'what was stored as the server died is learned when it is back, once, also where it dies again meanwhile',
  async () => {
    const { id } = await opened(LABEL);
    await client.edit(id, 'prompts', { prompts: [correction()] });
    await restart('SIGTERM');
    // With nothing at hand, learning takes longer than it takes to see that it is stored.
    const saving = client.send('POST', `/api/v1/segmentations/${id}/store`).then(
      () => 'answered',
      () => 'broken off',
    );
    while ((await client.read(id)).stored.length === 0) await delay(2);
    await restart('SIGKILL');
    expect(await saving).toBe('broken off');
    await restart('SIGKILL');

    const deadlineMs = Date.now() + LEARNING_MS;
    while ((await learned()).adaptations.length === 0 && Date.now() < deadlineMs) await delay(100);
    const { adaptations } = await learned();
    expect(adaptations).toMatchObject([{ label: LABEL, caseCount: 1 }]);
    await restart('SIGTERM');
    await delay(LEARNING_MS / 10);
    expect((await learned()).adaptations).toEqual(adaptations);
  },
  EXCHANGE_TIMEOUT_MS,
);

test(
  'a server that is configured so learns nothing',
  async () => {
    await server.end('SIGTERM');
    await start({ TOMOCLICK_ONLINE_ADAPTATION: 'off' });
    const { adaptations } = await learned();
    await correctedAndStored((await opened(LABEL)).id);
    expect(await learned()).toEqual({ isOn: false, adaptations });
  },
  EXCHANGE_TIMEOUT_MS,
);

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { affineFromColumns, applyAffine } from '../../server/src/domain/affine.ts';
import type { Attributes } from '../fixtures/part10.ts';
import { seriesFiles } from '../fixtures/seriesFiles.ts';
import { ApiClient, click } from './apiClient.ts';
import { expectProblem } from './expectProblem.ts';
import { prepareFolders, startServer, type RunningServer } from './runningServer.ts';

const SLICES = 12;
const ijkToLps = affineFromColumns([4, 0, 0], [0, 4, 0], [0, 0, 4], [-60, -60, 0]);
const CLICK_LPS = applyAffine(ijkToLps, [16, 16, 6]);
const [SOUND, DAMAGED, LONG] = ['1.2.826.2.1', '1.2.826.2.2', '1.2.826.2.3'] as const;

function filesOf(studyInstanceUID: string, sliceCount = SLICES, changes: Attributes = {}): readonly Buffer[] {
  return seriesFiles({
    ...{ ijkToLps, columns: 32, rows: 32, sliceCount, changes },
    valueAt: (i, j, k) => (Math.hypot(i - 16, j - 16, k - 6) < 5 ? 1200 : 1000),
    ...{ studyInstanceUID, seriesInstanceUID: `${studyInstanceUID}.1` },
  });
}

/** One slice describes its pixels in a way that cannot be; the archive does not look at that. */
function damagedFiles(): readonly Buffer[] {
  const damaged = filesOf(DAMAGED, SLICES, { HighBit: 3 });
  return filesOf(DAMAGED).map((file, k) => (k === 5 ? (damaged[k] ?? file) : file));
}

let server: RunningServer;
let client: ApiClient;
let removeFolders: () => void;

beforeAll(async () => {
  const files = [...filesOf(SOUND), ...damagedFiles(), ...filesOf(LONG, 20)];
  const { home, imports, remove } = prepareFolders(files);
  removeFolders = remove;
  const environment = { TOMOCLICK_MAX_FRAMES: '15' };
  server = await startServer(home, { imports: [imports], environment });
  client = new ApiClient(server.url);
}, 120_000);
afterAll(async () => {
  await server.end('SIGTERM');
  removeFolders();
});

describe('a series that cannot be read', () => {
  const predict = (studyInstanceUID: string): ReturnType<ApiClient['send']> =>
    client.send('POST', '/api/v1/predictions', {
      ...{ studyInstanceUID, seriesInstanceUID: `${studyInstanceUID}.1` },
      segments: [{ label: 'Ball', prompts: [click(CLICK_LPS).prompt] }],
    });

  test('because one file is damaged is refused by its name, and the others are said to be sound', async () => {
    const reply = await predict(DAMAGED);
    expectProblem(reply, 'unsupported-pixel-data');
    expect(reply.json).toMatchObject({
      ...{ imageCount: SLICES, refusedCount: 1 },
      refused: [{ sopInstanceUID: `${DAMAGED}.1.5`, code: 'unsupported-pixel-data' }],
    });
  });

  test('because it is larger than the server is set up for is refused by the limit', async () => {
    const reply = await predict(LONG);
    expectProblem(reply, 'series-too-large');
    expect(reply.json).toMatchObject({ maxFrames: 15 });
  });

  test('leaves the server as it was', async () => {
    expect((await predict(SOUND)).status).toBe(200);
    expect(server.log()).not.toContain('internal-error');
  });
});

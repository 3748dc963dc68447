import { request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { DicomWebServer } from '../archive/dicomWebServer.ts';
import { FakeArchive } from '../fixtures/fakeArchive.ts';
import { ApiClient, click } from './apiClient.ts';
import { prepareFolders, startServer, type RunningServer } from './runningServer.ts';
import { BALL, OTHER_BALL, SERIES, STARTING_TIMEOUT_MS } from './smallSeriesServer.ts';

let web: DicomWebServer;
let line: FakeArchive;
let server: RunningServer;
let client: ApiClient;
let removeFolders: () => void;
/** How many answers to stored objects are still to be lost. */
let toLose = 0;

beforeAll(async () => {
  web = await DicomWebServer.holding(SERIES.files);
  line = await FakeArchive.start(passOn);
  const { home, remove } = prepareFolders([]);
  removeFolders = remove;
  server = await startServer(home, { environment: { TOMOCLICK_ARCHIVE_URL: line.url } });
  client = new ApiClient(server.url);
}, STARTING_TIMEOUT_MS);

afterAll(async () => {
  await server.end('SIGTERM');
  await line.stop();
  await web.close();
  removeFolders();
});

/** A line to the archive that breaks once the archive has answered. */
function passOn(request: IncomingMessage, response: ServerResponse): void {
  const { method, headers } = request;
  const url = `${web.root}${(request.url ?? '').replace(/^\/rs/, '')}`;
  const onward = send(url, { method, headers }, answer => {
    if (method === 'POST' && toLose > 0) {
      toLose--;
      answer.resume().on('end', () => request.socket.destroy());
      return;
    }
    response.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.pipe(response);
  });
  request.pipe(onward);
}

async function seriesCount(modality: string): Promise<number> {
  const query = `/studies/${SERIES.studyInstanceUID}/series?Modality=${modality}`;
  return (await web.search(query)).length;
}

/** Asks until the answer arrives; each time there is one object more than before, and no second one. */
async function storedDespiteLosses(path: string, modality: string, losses: number): Promise<void> {
  const before = await seriesCount(modality);
  toLose = losses;
  for (let attempt = 0; attempt < losses; attempt++) {
    expect((await client.send('POST', path)).status).toBeGreaterThanOrEqual(500);
    expect(await seriesCount(modality)).toBe(before + 1);
  }
  expect((await client.send('POST', path)).status).toBe(201);
  expect(await seriesCount(modality)).toBe(before + 1);
}

test('an object whose answer was lost is stored once, however often it is saved; a change is a new one', async () => {
  const { id } = await client.create(SERIES, ['A']);
  const path = `/api/v1/segmentations/${id}`;
  await client.edit(id, 'prompts', { prompts: [click(BALL.centreLps)] }, 1);
  await storedDespiteLosses(`${path}/exports/rtstruct`, 'RTSTRUCT', 1);
  await storedDespiteLosses(`${path}/store`, 'SEG', 2);
  await storedDespiteLosses(`${path}/store?measurementReport=true`, 'SR', 1);
  await client.edit(id, 'prompts', { prompts: [click(OTHER_BALL.centreLps)] }, 1);
  await storedDespiteLosses(`${path}/store`, 'SEG', 1);
}, 120_000);

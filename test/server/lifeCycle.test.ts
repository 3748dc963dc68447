import { afterEach, describe, expect, test } from '@jest/globals';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readSegmentation } from '../fixtures/readSegmentation.ts';
import { smallSeries } from '../phantom/smallSeries.ts';
import { ApiClient, click } from './apiClient.ts';
import { prepareFolders, startServer } from './runningServer.ts';

const SERIES = smallSeries();
const [BALL, OTHER_BALL] = SERIES.balls;
if (!BALL || !OTHER_BALL) throw new Error('the small series has too few balls');

let folders: ReturnType<typeof prepareFolders> | undefined;
afterEach(() => folders?.remove());

function framesOf(part10: Uint8Array): unknown {
  return readSegmentation(part10).frames.map(({ referencedSOPInstanceUID, pixels }) => ({
    referencedSOPInstanceUID,
    pixels: Buffer.from(pixels).toString('base64'),
  }));
}

describe('a server that is killed between click and save', () => {
  test('has the segmentation as it was when it comes back, and saves it', async () => {
    folders = prepareFolders(SERIES.files);
    const first = await startServer(folders.home, { imports: [folders.imports] });
    const before = new ApiClient(first.url);
    const { id } = await before.create(SERIES, ['A', 'B']);
    await before.edit(id, 'prompts', { prompts: [click(BALL.centreLps)] });
    await before.edit(id, 'prompts', { prompts: [click(OTHER_BALL.centreLps)] });
    await before.edit(id, 'undo');
    const segmentation = await before.read(id);
    const object = await before.send('GET', `/api/v1/segmentations/${id}/dicom`);
    expect(await first.end('SIGKILL')).toBeNull();

    const second = await startServer(folders.home);
    const after = new ApiClient(second.url);
    expect(await after.read(id)).toEqual(segmentation);
    const restored = await after.send('GET', `/api/v1/segmentations/${id}/dicom`);
    expect(framesOf(restored.bytes)).toEqual(framesOf(object.bytes));
    expect((await after.edit(id, 'redo')).segment.promptCount).toBe(2);
    expect((await after.send('POST', `/api/v1/segmentations/${id}/store`)).status).toBe(201);
    expect(await second.end('SIGTERM')).toBe(0);
  }, 240_000);
});

describe('starting', () => {
  test('imports what is DICOM, says what is not, and lets nobody else into the folder, a second server included', async () => {
    folders = prepareFolders(SERIES.files.slice(0, 5));
    writeFileSync(join(folders.imports, 'notes.txt'), 'no DICOM at all');
    const server = await startServer(folders.home, { imports: [folders.imports] });
    expect(server.output()).toMatch(/^Imported 5 objects; 1 files were not taken\.$/m);
    expect(server.output()).toContain('notes.txt');
    await expect(startServer(folders.home)).rejects.toThrow(`in use by process ${server.pid}`);
    for (const name of ['database', 'archive', 'learning']) {
      // No other user of this machine; Windows has no such modes.
      if (process.platform !== 'win32') expect(statSync(join(folders.home, name)).mode & 0o077).toBe(0);
    }
    const engines = await enginesOf(server.pid);
    // One for every two cores.
    expect(engines.length).toBeGreaterThan(0);
    await server.end('SIGKILL');
    expect(await waitUntilGone(engines)).toBe(true);
  }, 240_000);

  test('on an address that others can reach is refused', async () => {
    folders = prepareFolders([]);
    const open = startServer(folders.home, { environment: { TOMOCLICK_HOST: '0.0.0.0' } });
    await expect(open).rejects.toThrow('TOMOCLICK_HOST=0.0.0.0');
  }, 120_000);

  test('with nothing at the path to import from is refused', async () => {
    folders = prepareFolders([]);
    await expect(startServer(folders.home, { imports: [join(folders.home, 'none')] })).rejects.toThrow(
      'There is nothing to import',
    );
  }, 240_000);
});

/** Beside them there may be the compiler that the server is started with. */
async function enginesOf(pid: number): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'pid=,args=', '--ppid', String(pid)]);
  return stdout
    .split('\n')
    .filter(line => line.includes('engineProcess'))
    .map(line => Number.parseInt(line, 10));
}

/** The engine notices that its parent is gone by its closed channel, between two commands. */
async function waitUntilGone(pids: readonly number[]): Promise<boolean> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (pids.every(pid => !isAlive(pid))) return true;
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  return false;
}

/** A process that ended but was not waited for (a zombie, in a container without an init) counts as gone. */
function isAlive(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

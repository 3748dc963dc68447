import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { openStore, snapshotOf } from './appendClicks.ts';

const KILLS = 5;
const ID = '00000000-0000-4000-8000-000000000001';
const CHILD = fileURLToPath(new URL('./appendClicks.ts', import.meta.url));

/** Lets the child acknowledge some clicks, kills it some milliseconds later, and returns the last acknowledged version. */
async function clickAndKill(folder: string, afterAcknowledgements: number, delayMs: number): Promise<number> {
  const child = spawn(process.execPath, ['--import', 'tsx', CHILD, folder, ID], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  const ended = new Promise(resolve => child.once('close', resolve));
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.split('\n').length > afterAcknowledgements) setTimeout(resolve, delayMs);
    });
    child.once('exit', code => reject(new Error(`The child ended by itself, with ${code}.`)));
  });
  child.removeAllListeners('exit');
  child.kill('SIGKILL');
  await ended;
  return Number(output.trimEnd().split('\n').at(-1));
}

test(`what was acknowledged before a SIGKILL is there after it, whole (${KILLS} kills)`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tomoclick-crash-'));
  try {
    for (let kill = 1; kill <= KILLS; kill++) {
      const acknowledged = await clickAndKill(folder, 1 + Math.random() * 40, Math.random() * 20);
      const { store, close } = await openStore(folder);
      const segmentation = await store.load(ID);
      await close();
      expect(segmentation.version).toBeGreaterThanOrEqual(acknowledged);
      expect(segmentation.version % 2).toBe(1);
      const steps = segmentation.segments[0]?.steps ?? [];
      expect(steps).toHaveLength(segmentation.version - 1);
      for (const [index, step] of steps.entries()) {
        const version = index + 2;
        expect(step).toMatchObject({ promptId: `click-${version}`, mask: { voxelCount: version } });
        if (step.kind === 'prompt') expect(Buffer.compare(step.mask.runLength, snapshotOf(version))).toBe(0);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 240_000);

test('a SIGKILL while the folder is being made leaves one that opens', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tomoclick-crash-'));
  try {
    for (const delayMs of [300, 700 + Math.random() * 1500]) {
      const child = spawn(process.execPath, ['--import', 'tsx', CHILD, folder, ID], { stdio: 'ignore' });
      await new Promise(resolve => setTimeout(resolve, delayMs));
      child.kill('SIGKILL');
      await new Promise(resolve => child.once('close', resolve));
    }
    const { store, close } = await openStore(folder);
    expect((await store.list({ limit: 1, offset: 0 })).length).toBeLessThanOrEqual(1);
    await close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);

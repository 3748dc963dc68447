import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { numberedImage, openArchive, STUDY } from './storeForever.ts';

const KILLS = 5;
const CHILD = fileURLToPath(new URL('./storeForever.ts', import.meta.url));

/** Lets the child acknowledge some instances, kills it some milliseconds later; all acknowledged numbers. */
async function storeAndKill(
  folder: string,
  firstNumber: number,
  delayMs: number,
): Promise<readonly number[]> {
  const child = spawn(process.execPath, ['--import', 'tsx', CHILD, folder, String(firstNumber)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  const ended = new Promise(resolve => child.once('close', resolve));
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      setTimeout(resolve, delayMs);
    });
    child.once('exit', code => reject(new Error(`The child ended by itself, with ${code}.`)));
  });
  child.removeAllListeners('exit');
  child.kill('SIGKILL');
  await ended;
  return output.split('\n').filter(Boolean).map(Number);
}

test(`a SIGKILL while storing leaves every instance whole or absent, the acknowledged ones whole (${KILLS} kills)`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tomoclick-crash-'));
  const acknowledged: number[] = [];
  try {
    for (let kill = 1; kill <= KILLS; kill++) {
      acknowledged.push(...(await storeAndKill(folder, kill * 1000, Math.random() * 150)));
      const { archive, close } = await openArchive(folder);
      expect(readdirSync(join(folder, 'archive', 'incoming'))).toEqual([]);
      const instances = await archive.instances(STUDY);
      const files = readdirSync(join(folder, 'archive', '1.2.3.1', '1.2.3.1.1'));
      expect(files.sort()).toEqual(instances.map(({ sopInstanceUID }) => `${sopInstanceUID}.dcm`).sort());
      const numbers = instances.map(({ sopInstanceUID }) => Number(sopInstanceUID.split('.').at(-1)));
      expect(numbers).toEqual(expect.arrayContaining(acknowledged));
      for (const [index, instance] of instances.entries()) {
        const chunks: Uint8Array[] = [];
        for await (const chunk of archive.read(instance)) chunks.push(chunk);
        expect(Buffer.concat(chunks).equals(numberedImage(numbers[index] ?? 0))).toBe(true);
      }
      await close();
    }
    rmSync(join(folder, 'database'), { recursive: true });
    const { archive, close } = await openArchive(folder);
    expect(archive.reconciliation.indexed).toBeGreaterThanOrEqual(acknowledged.length);
    expect(existsSync(join(folder, 'archive', 'incoming'))).toBe(true);
    await close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 240_000);

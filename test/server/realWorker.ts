import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from '@jest/globals';
import { findPython } from '../external/python.ts';

const ROOT = resolve(import.meta.dirname, '../..');

const python = findPython(['torch', 'sam3d.worker']);
const isAdaptable = existsSync(resolve(ROOT, 'models/zoo/sam3d-tiny/adaptable_encoder.bin'));
if (python === undefined) console.log('SKIPPED: the training worker: no Python with torch and sam3d.worker');
if (!isAdaptable) console.log('SKIPPED: the training worker: the zoo has no adaptable encoder');

/** Skips where there is no worker, and has said why. */
export const testWithWorker = python !== undefined && isAdaptable ? test : test.skip;

/** The worker takes one job and ends. @throws Error with what it wrote when it fails */
export async function workOnce(url: string): Promise<void> {
  const child = spawn(python ?? '', ['-m', 'sam3d.worker', '--url', url, '--once'], { cwd: ROOT });
  let written = '';
  child.stderr.on('data', (chunk: Buffer) => (written += chunk.toString()));
  const code = await new Promise(ended => child.once('close', ended));
  if (code !== 0) throw new Error(written);
}

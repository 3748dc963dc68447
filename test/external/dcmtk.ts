import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether DCMTK's command line tools are installed. */
export function hasDcmtk(): boolean {
  return ['dcmdrle', 'dcmconv'].every(tool => spawnSync(tool, ['--version']).error === undefined);
}

/** A Part 10 file in Explicit VR Little Endian, made of a deflated (dcmconv) or RLE (dcmdrle) one by DCMTK. */
export function expandedByDcmtk(tool: 'dcmconv' | 'dcmdrle', part10: Uint8Array): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'tomoclick-dcmtk-'));
  try {
    const [from, to] = [join(folder, 'from.dcm'), join(folder, 'to.dcm')];
    writeFileSync(from, part10);
    const run = spawnSync(tool, ['+te', from, to], { encoding: 'utf8' });
    if (run.status !== 0) throw new Error(run.stderr || String(run.error));
    return readFileSync(to);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

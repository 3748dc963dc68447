import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether the DICOM validator of dicom3tools is installed. */
export function hasDciodvfy(): boolean {
  return spawnSync('dciodvfy', ['-version']).error === undefined;
}

/** The lines that dciodvfy has to say on a Part 10 file, by their severity. */
export function dciodvfy(part10: Uint8Array): {
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
} {
  const folder = mkdtempSync(join(tmpdir(), 'tomoclick-dciodvfy-'));
  try {
    const file = join(folder, 'object.dcm');
    writeFileSync(file, part10);
    const run = spawnSync('dciodvfy', [file], { encoding: 'utf8' });
    if (run.error) throw run.error;
    const lines = `${run.stdout}${run.stderr}`.split('\n');
    return {
      errors: lines.filter(line => line.startsWith('Error')),
      warnings: lines.filter(line => line.startsWith('Warning')),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

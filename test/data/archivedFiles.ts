import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testDataFolder } from './testData.ts';

/** The DICOM files of an archive of the sample data; `inFolder` is part of their paths. */
export function archivedFiles(name: string, inFolder: string): readonly Uint8Array[] {
  const unpacked = mkdtempSync(join(tmpdir(), 'tomoclick-series-'));
  try {
    const archive = join(testDataFolder() ?? '', 'dicom', `${name}.tar.xz`);
    const run = spawnSync('tar', ['-xJf', archive, '-C', unpacked]);
    if (run.status !== 0) throw new Error(`tar: ${String(run.error ?? run.stderr)}`);
    return readdirSync(unpacked, { recursive: true, encoding: 'utf8' })
      .filter(path => path.endsWith('.dcm') && path.includes(inFolder))
      .map(path => readFileSync(join(unpacked, path)));
  } finally {
    rmSync(unpacked, { recursive: true, force: true });
  }
}

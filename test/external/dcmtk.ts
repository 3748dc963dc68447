import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A program of dcmtk that reads a DICOM file and writes another. */
export type DcmtkProgram =
  'dcmconv' | 'dcmcrle' | 'dcmcjpeg' | 'dcmcjpls' | 'dcmdjpeg' | 'dcmdjpls' | 'dcmdrle';

/** Whether dcmtk is installed. */
export function hasDcmtk(): boolean {
  return spawnSync('dcmconv', ['--version']).error === undefined;
}

/** What the program makes of a Part 10 file. @throws Error with its words */
export function convertedByDcmtk(
  part10: Uint8Array,
  program: DcmtkProgram,
  options: readonly string[] = [],
): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'tomoclick-dcmtk-'));
  try {
    const [before, after] = [join(folder, 'before.dcm'), join(folder, 'after.dcm')];
    writeFileSync(before, part10);
    const run = spawnSync(program, [...options, before, after], { encoding: 'utf8' });
    if (run.status !== 0) throw new Error(`${program}: ${run.stderr || String(run.error)}`);
    return readFileSync(after);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

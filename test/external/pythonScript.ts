import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const SCRIPTS = resolve(import.meta.dirname, '../python');

/**
 * What a script of test/python prints as JSON about some files. Throws with Python's words when it fails.
 * @param files contents by name, given to the script as paths in this order
 */
export function runPythonScript(
  python: string,
  script: string,
  files: Readonly<Record<string, Uint8Array | string>>,
): unknown {
  const folder = mkdtempSync(join(tmpdir(), 'tomoclick-python-'));
  try {
    const paths = Object.entries(files).map(([name, content]) => {
      const path = join(folder, name);
      writeFileSync(path, content);
      return path;
    });
    const run = spawnSync(python, [join(SCRIPTS, script), ...paths], {
      encoding: 'utf8',
      maxBuffer: 2 ** 30,
    });
    if (run.status !== 0) throw new Error(run.stderr || String(run.error));
    return JSON.parse(run.stdout);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

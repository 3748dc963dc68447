import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface ServerOptions {
  /** Added to the embedded archive before the server is ready; then there is no demo study. */
  readonly imports?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Runs what `npm start` runs, instead of the source. */
  readonly isBundled?: boolean;
}

/** The real server in a process of its own. */
export interface RunningServer {
  readonly url: string;
  readonly pid: number;
  /** Everything it wrote so far. */
  readonly output: () => string;
  readonly log: () => string;
  /** Sends a signal and waits for the end; the exit code, null after a kill. */
  readonly end: (signal: NodeJS.Signals) => Promise<number | null>;
}

/** Resolves when the server says that it is ready. @throws Error with its output when it ends before */
export async function startServer(home: string, options: ServerOptions = {}): Promise<RunningServer> {
  const imports = (options.imports ?? []).flatMap(path => ['--import', path]);
  const entry = options.isBundled ? ['server/dist/main.js'] : ['--import', 'tsx', 'server/src/main.ts'];
  const child = spawn(process.execPath, [...entry, ...imports], {
    cwd: ROOT,
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      TOMOCLICK_HOME: home,
      TOMOCLICK_PORT: '0',
      ...options.environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const written = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (written.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (written.stderr += chunk.toString()));
  const ended = new Promise<number | null>(resolve => child.once('close', resolve));
  const url = await urlOf(child, ended, written);
  return {
    ...{ url, pid: child.pid ?? 0 },
    output: () => written.stdout,
    log: () => written.stderr,
    end: signal => {
      child.kill(signal);
      return ended;
    },
  };
}

async function urlOf(
  child: ChildProcess,
  ended: Promise<unknown>,
  written: { readonly stdout: string; readonly stderr: string },
): Promise<string> {
  const ready = new Promise<string>(resolve => {
    child.stdout?.on('data', () => {
      const url = /^Tomoclick is ready: (\S+)$/m.exec(written.stdout)?.[1];
      if (url) resolve(url);
    });
  });
  const failed = ended.then(() => {
    throw new Error(`The server ended before it was ready.\n${written.stdout}\n${written.stderr}`);
  });
  return Promise.race([ready, failed]);
}

/** A new data folder, and a folder to import from with the files in it. */
export function prepareFolders(files: readonly Uint8Array[]): {
  readonly home: string;
  readonly imports: string;
  readonly remove: () => void;
} {
  const folder = mkdtempSync(join(tmpdir(), 'tomoclick-server-'));
  const imports = mkdtempSync(join(folder, 'import-'));
  files.forEach((file, index) => writeFileSync(join(imports, `${index}.dcm`), file));
  return {
    ...{ home: join(folder, 'home'), imports },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chromium, type Browser } from 'playwright-core';

const CACHE = resolve(import.meta.dirname, '../../node_modules/.cache/tomoclick');
const PACKAGED = join(CACHE, 'chromium-147');
const SYSTEM_PATHS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];
/** WebGL 2 without a graphics card, and no traffic of the browser's own. */
const FLAGS = [
  ...['--no-sandbox', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
  ...['--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update'],
  '--disable-sync',
];

interface Chromium {
  readonly executablePath: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Starts the browser named by TOMOCLICK_CHROMIUM, or the system's, or the one that comes as a package. */
export async function launchChromium(): Promise<Browser> {
  const { executablePath, environment } = findChromium();
  const { PATH = '', HOME = CACHE } = process.env;
  return chromium.launch({ executablePath, args: FLAGS, env: { PATH, HOME, ...environment } });
}

function findChromium(): Chromium {
  const chosen = process.env.TOMOCLICK_CHROMIUM;
  const found = chosen ?? SYSTEM_PATHS.find(path => existsSync(path));
  if (found !== undefined && found !== 'packaged') return { executablePath: found, environment: {} };
  if (!existsSync(PACKAGED)) unpackChromium();
  return {
    executablePath: join(PACKAGED, 'chromium'),
    environment: { LD_LIBRARY_PATH: join(PACKAGED, 'al2023/lib'), FONTCONFIG_FILE: writeFontConfiguration() },
  };
}

/** Without any font Chromium ends itself; the package's own configuration looks for its fonts below /tmp. */
function writeFontConfiguration(): string {
  const file = join(PACKAGED, 'tomoclick-fonts.conf');
  const folders = `<dir>${PACKAGED}/fonts</dir><cachedir>${PACKAGED}/fonts-cache</cachedir>`;
  writeFileSync(file, `<?xml version="1.0"?>\n<fontconfig>${folders}</fontconfig>\n`);
  return file;
}

/**
 * @sparticuz/chromium unpacks into the folder for temporary files, and its NSS and expat libraries only where it
 * takes the machine for AWS Lambda. A process of its own is told both; then a bare glibc is enough to run it.
 */
function unpackChromium(): void {
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(join(CACHE, 'unpacking-'));
  try {
    const script = `import('@sparticuz/chromium').then(({ default: chromium }) => chromium.executablePath())`;
    const run = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
      cwd: resolve(import.meta.dirname, '../..'),
      env: { ...process.env, NODE_OPTIONS: '', TMPDIR: folder, AWS_LAMBDA_JS_RUNTIME: 'nodejs20.x' },
      encoding: 'utf8',
    });
    if (run.status !== 0) throw new Error(`Chromium could not be unpacked: ${run.stderr}`);
    renameSync(folder, PACKAGED);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

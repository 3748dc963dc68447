import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import { extract } from 'tar';

/**
 * Brings the prebuilt OHIF viewer into node_modules/.cache. A plain dependency on @ohif/app cannot be installed
 * (some of its build-time dependencies were never published), so its tarball alone is packed, checked against
 * the pinned integrity, and the part of dist/ that our mode needs is extracted.
 */
const VIEWER = {
  specifier: '@ohif/app@3.13.2',
  integrity:
    'sha512-WZdxmpmG7rqFgW9ZJLcbgr3XCtLi1KDNPoMaeY5PPe6j4G4fjEjjkycZM6C6Zk2F87BKxFfpq+jd5xXZB9E8EA==',
  folder: 'ohif',
};
/** Paths below dist/ that are left out: inference of its own, whole-slide viewer, and files we generate. */
const UNNEEDED = /^(ort|dicom-microscopy-viewer|customizations)\/|\.map$|^(app-config|google|sw)\.js$/;
const COMPRESSIBLE = /\.(js|css|wasm|svg|html|json)$/;
const SMALLEST_WORTH_COMPRESSING_BYTES = 1024;
/** Written last; says what was extracted, and by which rules. */
const COMPLETE_MARK = '.complete.json';

const root = join(import.meta.dirname, '..');
const cache = join(root, 'node_modules/.cache/tomoclick');
const target = join(cache, VIEWER.folder);
const mark = JSON.stringify({ ...VIEWER, unneeded: UNNEEDED.source, compressible: COMPRESSIBLE.source });

if (await isComplete()) console.log(`viewer: ${VIEWER.specifier} is present`);
else await fetchViewer();

async function isComplete(): Promise<boolean> {
  const found = await readFile(join(target, COMPLETE_MARK), 'utf8').catch(() => '');
  return found === mark;
}

async function fetchViewer(): Promise<void> {
  await mkdir(cache, { recursive: true });
  const workFolder = await mkdtemp(join(cache, 'fetching-'));
  try {
    console.log(`viewer: downloading ${VIEWER.specifier} (50 MB) with npm …`);
    const tarball = await packWithNpm(workFolder);
    console.log('viewer: checking its integrity and extracting …');
    await checkIntegrity(tarball);
    const extracted = join(workFolder, 'dist');
    await mkdir(extracted);
    await extract({ file: tarball, cwd: extracted, strip: 2, filter: isNeeded });
    await compressFiles(extracted);
    await writeFile(join(extracted, COMPLETE_MARK), mark);
    await moveIntoPlace(extracted);
    console.log(`viewer: ready in ${relative(root, target)}`);
  } finally {
    await rm(workFolder, { recursive: true, force: true });
  }
}

/** npm itself downloads, so that the user's registry, proxy and credentials hold. Resolves to the tarball. */
async function packWithNpm(folder: string): Promise<string> {
  const npmCli = process.env['npm_execpath'];
  const runsUnderNpm = npmCli !== undefined && /npm-cli\.c?js$/.test(npmCli);
  const [command, first] = runsUnderNpm ? [process.execPath, [npmCli]] : ['npm', []];
  const parameters = ['pack', VIEWER.specifier, '--pack-destination', folder, '--ignore-scripts'];
  const quiet = ['--workspaces=false', '--loglevel=error', '--dry-run=false'];
  const child = spawn(command, [...first, ...parameters, ...quiet], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32' && !runsUnderNpm,
  });
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const tarball = (await readdir(folder)).find(name => name.endsWith('.tgz'));
  if (exitCode !== 0 || tarball === undefined) {
    throw new Error(
      `npm could not download ${VIEWER.specifier} (exit ${exitCode}). Check npm's registry and proxy ` +
        'configuration, then run: npm run viewer',
    );
  }
  return join(folder, tarball);
}

async function checkIntegrity(tarball: string): Promise<void> {
  const hash = createHash('sha512');
  await pipeline(createReadStream(tarball), hash);
  const actual = `sha512-${hash.digest('base64')}`;
  if (actual !== VIEWER.integrity) {
    throw new Error(
      `${VIEWER.specifier} is not what was pinned: expected ${VIEWER.integrity}, got ${actual}`,
    );
  }
}

function isNeeded(path: string): boolean {
  const [, below] = /^package\/dist\/(.+)$/.exec(path) ?? [];
  return below !== undefined && !UNNEEDED.test(below);
}

/** Beside each larger text or WebAssembly file its `.gz`, once, so that serving costs no compression. */
async function compressFiles(folder: string): Promise<void> {
  const names = await readdir(folder, { recursive: true });
  await Promise.all(
    names.map(async name => {
      if (!COMPRESSIBLE.test(name)) return;
      const path = join(folder, name);
      if ((await stat(path)).size < SMALLEST_WORTH_COMPRESSING_BYTES) return;
      const compressed = await promisify(gzip)(await readFile(path), {
        level: constants.Z_DEFAULT_COMPRESSION,
      });
      await writeFile(`${path}.gz`, compressed);
    }),
  );
}

/** Another process may have finished first; its copy is as good as ours. */
async function moveIntoPlace(extracted: string): Promise<void> {
  if (await isComplete()) return;
  await rm(target, { recursive: true, force: true });
  await rename(extracted, target).catch(async (error: unknown) => {
    if (!(await isComplete())) throw error;
  });
}

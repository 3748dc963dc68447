import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const PROGRAMS = ['/usr/sbin/Orthanc', '/usr/local/sbin/Orthanc', '/usr/local/bin/Orthanc'];
const PLUGINS = ['/usr/share/orthanc/plugins', '/usr/local/share/orthanc/plugins'].map(folder =>
  join(folder, 'libOrthancDicomWeb.so'),
);
const START_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 5_000;

export interface RunningOrthanc {
  /** Without a trailing slash: the REST interface, for looking behind the curtain. */
  readonly restUrl: string;
  /** DICOMweb root, what TOMOCLICK_ARCHIVE_URL takes. */
  readonly archiveUrl: string;
  /** Ends the process and removes its folder. */
  stop(): Promise<void>;
}

/** Undefined where Orthanc or its DICOMweb plugin is not installed. */
export function findOrthanc(): { readonly program: string; readonly plugin: string } | undefined {
  const program = PROGRAMS.find(existsSync);
  const plugin = PLUGINS.find(existsSync);
  return program !== undefined && plugin !== undefined ? { program, plugin } : undefined;
}

/**
 * An empty Orthanc on free ports of this machine, in a folder of its own; call `stop` in any case.
 * @param dicomWebOptions added to the DicomWeb section of its configuration
 * @throws Error when it is not installed, or does not come up in 20 s
 */
export async function startOrthanc(
  dicomWebOptions: Readonly<Record<string, unknown>> = {},
): Promise<RunningOrthanc> {
  const found = findOrthanc();
  if (!found) throw new Error('Orthanc with the DICOMweb plugin is not installed');
  const folder = await mkdtemp(join(tmpdir(), 'tomoclick-orthanc-'));
  const [httpPort, dicomPort] = await freePorts(2);
  const configuration = {
    Name: 'tomoclick test',
    StorageDirectory: join(folder, 'storage'),
    IndexDirectory: join(folder, 'index'),
    Plugins: [found.plugin],
    HttpPort: httpPort,
    DicomPort: dicomPort,
    RemoteAccessAllowed: false,
    AuthenticationEnabled: false,
    DicomWeb: { Enable: true, Root: '/dicom-web/', ...dicomWebOptions },
  };
  const configurationFile = join(folder, 'orthanc.json');
  await writeFile(configurationFile, JSON.stringify(configuration));
  const output: string[] = [];
  const child = spawn(found.program, [configurationFile], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.on('data', chunk => output.push(String(chunk)));
  child.stderr.on('data', chunk => output.push(String(chunk)));
  // Not even a test run that is killed leaves it behind.
  const killAtExit = (): void => void child.kill('SIGKILL');
  process.once('exit', killAtExit);
  const stop = async (): Promise<void> => {
    process.removeListener('exit', killAtExit);
    await end(child);
    await rm(folder, { recursive: true, force: true });
  };
  const restUrl = `http://127.0.0.1:${httpPort}`;
  try {
    await waitUntilItAnswers(`${restUrl}/dicom-web/studies`, child);
  } catch (cause) {
    await stop();
    throw new Error(`Orthanc did not start:\n${output.join('').slice(-4000)}`, { cause });
  }
  return { restUrl, archiveUrl: `${restUrl}/dicom-web`, stop };
}

async function waitUntilItAnswers(url: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (child.exitCode === null && Date.now() < deadline) {
    const response = await fetch(url, { headers: { Accept: 'application/dicom+json' } }).catch(
      () => undefined,
    );
    await response?.body?.cancel();
    if (response?.ok) return;
    await sleep(100);
  }
  throw new Error(child.exitCode === null ? 'it is silent' : `it ended with ${child.exitCode}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise(resolve => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(timer);
}

/** Ports that were free a moment ago. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      server =>
        new Promise<number>((resolve, reject) => {
          server.once('error', reject);
          server.listen(0, '127.0.0.1', () => {
            const address = server.address();
            if (address !== null && typeof address === 'object') resolve(address.port);
            else reject(new Error('the server has no port'));
          });
        }),
    ),
  );
  await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))));
  return ports;
}

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { RemoteArchive } from '../../server/src/adapters/dicomweb/remoteArchive.ts';
import { ThreadedDecoder } from '../../server/src/adapters/dicom/threadedDecoder.ts';
import { assembleVolume } from '../../server/src/application/assembleVolume.ts';
import { affineFromColumns } from '../../server/src/domain/affine.ts';
import type { SeriesFilesOptions } from '../fixtures/seriesFiles.ts';
import { median, type Measure } from './table.ts';

const SLICES = 200;
const ROUNDS = 9;
const AIM_RATIO = 1.3;
const CHILD = fileURLToPath(new URL('./archiveChild.ts', import.meta.url));
const TIMEOUT_MS = 120_000;

export const BENCH_SERIES: SeriesFilesOptions = {
  ijkToLps: affineFromColumns([0.7, 0, 0], [0, 0.7, 0], [0, 0, 1.5], [-180, -180, 0]),
  ...{ columns: 512, rows: 512, sliceCount: SLICES, valueAt: (i, j, k) => (i * j + k) % 2000 },
  ...{ studyInstanceUID: '1.2.826.3', seriesInstanceUID: '1.2.826.3.1' },
};

/** What one run took: milliseconds on the clock, and of the processor in this process. */
interface Cost {
  readonly wallMs: number;
  readonly cpuMs: number;
}

/**
 * From a series in an archive on this machine, in a process of its own, to its volume; beside bare downloads of the
 * same bytes, by turns: one that has them in memory in the end, as a volume is, and one that throws them away as they
 * come, which no client of any use can reach.
 */
export async function retrievalMeasures(): Promise<Measure[]> {
  const child = fork(CHILD, [], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const decoder = new ThreadedDecoder();
  try {
    const [url] = (await once(child, 'message', { signal: AbortSignal.timeout(TIMEOUT_MS) })) as [string];
    const imageArchive = new RemoteArchive(url);
    const never = new AbortController().signal;
    const [kept, thrownAway, volume]: [Cost[], Cost[], Cost[]] = [[], [], []];
    for (let round = 0; round < ROUNDS; round++) {
      kept.push(await costOf(async () => (await fetch(url)).arrayBuffer()));
      thrownAway.push(await costOf(async () => drain(await fetch(url))));
      volume.push(
        await costOf(() => assembleVolume(BENCH_SERIES, { imageArchive, sliceDecoder: decoder }, never)),
      );
    }
    return [
      ...measuresOf('on the clock', { kept, thrownAway, volume }, 'wallMs'),
      ...measuresOf('CPU', { kept, thrownAway, volume }, 'cpuMs'),
    ];
  } finally {
    await decoder.close();
    child.kill('SIGKILL');
  }
}

function measuresOf(
  kind: string,
  costs: Readonly<Record<'kept' | 'thrownAway' | 'volume', readonly Cost[]>>,
  field: keyof Cost,
): Measure[] {
  const [kept, thrownAway, volume] = [costs.kept, costs.thrownAway, costs.volume].map(runs =>
    median(runs.map(run => run[field])),
  );
  const note = `${SLICES} slices of 512 × 512, uncompressed`;
  const ratio = {
    name: `retrieval to volume / bare download (${kind})`,
    ...{ value: volume! / kept!, unit: '×' },
    ...(field === 'wallMs' && { aim: AIM_RATIO }),
  };
  return [
    { name: `bare download of a series into memory (${kind})`, value: kept!, unit: 'ms', note },
    { name: `bare download, thrown away (${kind})`, value: thrownAway!, unit: 'ms' },
    { name: `retrieval to volume (${kind})`, value: volume!, unit: 'ms' },
    ratio,
    {
      name: `retrieval to volume / bare download, thrown away (${kind})`,
      ...{ value: volume! / thrownAway!, unit: '×' },
    },
  ];
}

async function drain(response: Response): Promise<void> {
  const reader = response.body?.getReader();
  while (reader && !(await reader.read()).done);
}

async function costOf(work: () => Promise<unknown>): Promise<Cost> {
  const [started, cpu] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { wallMs: performance.now() - started, cpuMs: (user + system) / 1000 };
}

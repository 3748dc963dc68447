import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DEMO_GEOMETRY } from '../phantom/demoGeometry.ts';
import { startServer, type RunningServer } from '../server/runningServer.ts';
import { DEMO_BENCH_SERIES, clickDemoStructures, type StructureResult } from './accuracy.ts';
import { bareModelTimes } from './bareModel.ts';
import { measureDicom } from './dicom.ts';
import { AIMS, clickTimes, latencyMeasures, type ClickTimes } from './latency.ts';
import { peakMemoryOf } from './processMemory.ts';
import { unpackRealSeries } from './realSeries.ts';
import { report, shownDice, type Findings } from './report.ts';
import { median, type Measure } from './table.ts';
import { viewerClicks, viewerMeasures } from './viewerTimes.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const CLICKS = 3;
/** Servers to take along when the bench is stopped. */
const running = new Set<RunningServer>();

/** The real server as `npm start` runs it, with nothing in memory. */
async function withServer(
  home: string,
  imports: readonly string[],
  work: (server: RunningServer) => Promise<unknown>,
): Promise<void> {
  const server = await startServer(home, { imports, isBundled: true });
  running.add(server);
  try {
    await work(server);
  } finally {
    await server.end('SIGTERM');
    running.delete(server);
  }
}

function memoryMeasures(label: string, pid: number): Measure[] {
  return peakMemoryOf(pid).map(({ command, peakMb }) => ({
    name: `${label}: peak memory of ${command}`,
    ...{ value: peakMb, unit: 'MB' },
  }));
}

function ratioMeasures(times: ClickTimes, encodeMs: number, decodeMs: number): Measure[] {
  const first = times.first.map(({ wallMs, serverMs }) => {
    // Several regions: the looks of a first click, and the one fitted to what they found.
    const regions = Math.max(1, Math.round((serverMs.decode ?? 0) / decodeMs));
    return wallMs / (regions * (encodeMs + decodeMs));
  });
  const later = times.later.map(({ wallMs, serverMs }) => {
    const regions = Math.round((serverMs.encode ?? 0) / encodeMs);
    return wallMs / (regions * encodeMs + decodeMs);
  });
  return [
    { name: 'whole path / bare model runs, first clicks', value: median(first), unit: '×' },
    { name: 'whole path / bare model runs, later clicks', value: median(later), unit: '×' },
  ];
}

/** The reply whose object is nearest to 50 ml. */
function sizeMeasures(results: readonly StructureResult[]): Measure[] {
  const replies = results.flatMap(({ structure, volumesMl, replies }) =>
    replies.map((reply, n) => ({ reply, volumeMl: volumesMl[n] ?? 0, name: structure.name })),
  );
  const away = ({ volumeMl }: { volumeMl: number }): number => Math.abs(Math.log(volumeMl / AIMS.segMl));
  const [nearest] = replies.toSorted((a, b) => away(a) - away(b));
  if (!nearest) return [];
  const { reply, volumeMl, name } = nearest;
  const note = `${name}, ${volumeMl.toFixed(0)} ml`;
  return [
    { name: 'SEG reply, compressed', value: reply.sentBytes / 1024, unit: 'KB', aim: AIMS.segKb, note },
    { name: 'SEG reply, uncompressed', value: reply.body.length / 1024, unit: 'KB', note },
  ];
}

async function measureAll(scratch: string, findings: Findings): Promise<void> {
  const { measures } = findings;
  const home = join(scratch, 'home');
  const start = performance.now();
  await withServer(home, [], () => Promise.resolve());
  measures.push({
    name: 'first start with the demo study',
    ...{ value: (performance.now() - start) / 1000, unit: 's' },
  });

  const bare = await bareModelTimes(process.env.TOMOCLICK_MODELS ?? join(ROOT, 'models/zoo'));
  const [encodeMs, decodeMs] = [median(bare.encodeMs), median(bare.decodeMs)];
  measures.push({ name: 'bare encoder run', value: encodeMs, unit: 'ms' });
  measures.push({ name: 'bare prompt encoder and decoder run', value: decodeMs, unit: 'ms' });

  await withServer(home, [], async ({ url, pid }) => {
    const times = await clickTimes(url, DEMO_BENCH_SERIES, DEMO_GEOMETRY);
    measures.push(...latencyMeasures('demo', times), ...ratioMeasures(times, encodeMs, decodeMs));
    measures.push(...memoryMeasures('demo', pid));
  });

  const real = await unpackRealSeries(join(scratch, 'real'));
  if (typeof real === 'string') {
    console.log(`SKIPPED: bench on a real series: ${real}`);
  } else {
    const realHome = join(scratch, 'real-home');
    await withServer(realHome, [real.folder], () => Promise.resolve());
    await withServer(realHome, [], async ({ url, pid }) => {
      measures.push(...latencyMeasures('real CT', await clickTimes(url, real.series, real.geometry)));
      measures.push(...memoryMeasures('real CT', pid));
    });
  }

  await withServer(home, [], async ({ url }) => {
    measures.push(...viewerMeasures(await viewerClicks(url)));
  });

  await withServer(home, [], ({ url }) =>
    clickDemoStructures(url, CLICKS, result => {
      console.log(`${result.structure.name}: Dice ${shownDice(result)}`);
      findings.accuracy.push(result);
    }),
  );
  measures.push(...sizeMeasures(findings.accuracy));
}

async function main(): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'tomoclick-bench-'));
  const findings: Findings = { load: loadavg()[0] ?? 0, measures: [], accuracy: [] };
  const cleanUp = (): void => rmSync(scratch, { recursive: true, force: true });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      for (const server of running) void server.end('SIGKILL');
      cleanUp();
      process.exit(130);
    });
  }
  console.log(`${availableParallelism()} cores, load ${findings.load.toFixed(1)}; needs an idle machine.`);
  const [subject] = process.argv.slice(2);
  try {
    if (subject === 'dicom') await measureDicom(findings.measures);
    else await measureAll(scratch, findings);
  } finally {
    // What was measured before something failed is worth having.
    report(findings, join(ROOT, 'test/artifacts'), subject === 'dicom' ? 'bench-dicom' : 'bench');
    cleanUp();
  }
}

await main();

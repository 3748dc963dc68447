import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DEMO_GEOMETRY } from '../phantom/demoGeometry.ts';
import { startServer, type RunningServer } from '../server/runningServer.ts';
import { DEMO_BENCH_SERIES, clickDemoStructures, type StructureResult } from './accuracy.ts';
import { bareModelTimes } from './bareModel.ts';
import { AIMS, clickTimes, latencyMeasures, type ClickTimes } from './latency.ts';
import { peakMemoryOf } from './processMemory.ts';
import { unpackRealSeries } from './realSeries.ts';
import { median, tableOf, verdict, type Measure } from './table.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const CLICKS = 3;
const measures: Measure[] = [];

/** The real server as `npm start` runs it, with nothing in memory. */
async function withServer(
  home: string,
  imports: readonly string[],
  work: (server: RunningServer) => Promise<void>,
): Promise<void> {
  const server = await startServer(home, { imports, isBundled: true });
  try {
    await work(server);
  } finally {
    await server.end('SIGTERM');
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
    // One or two regions: the server looks coarsely first, then as closely as the structure fits.
    const regions = Math.max(1, Math.round((serverMs.encode ?? 0) / encodeMs));
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

function accuracyTable(results: readonly StructureResult[]): string {
  return results
    .map(({ structure, diceByClick, volumesMl }) => {
      const shown = diceByClick.map(d => d.toFixed(2)).join('  ');
      return `  ${structure.name.padEnd(26)} ${shown.padEnd(18)} ${(volumesMl[0] ?? 0).toFixed(1)} ml at first`;
    })
    .join('\n');
}

async function main(): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'tomoclick-bench-'));
  const home = join(scratch, 'home');
  try {
    const load = loadavg()[0] ?? 0;
    console.log(`${availableParallelism()} cores, load ${load.toFixed(1)}; numbers need an idle machine.`);
    const start = performance.now();
    await withServer(home, [], () => Promise.resolve());
    measures.push({
      name: 'first start with the demo study',
      value: (performance.now() - start) / 1000,
      unit: 's',
    });

    const bare = await bareModelTimes(process.env.TOMOCLICK_MODELS ?? join(ROOT, 'models/zoo'));
    const [encodeMs, decodeMs] = [median(bare.encodeMs), median(bare.decodeMs)];
    measures.push({ name: 'bare encoder run', value: encodeMs, unit: 'ms' });
    measures.push({ name: 'bare prompt encoder and decoder run', value: decodeMs, unit: 'ms' });

    let results: StructureResult[] = [];
    await withServer(home, [], async ({ url, pid }) => {
      const times = await clickTimes(url, DEMO_BENCH_SERIES, DEMO_GEOMETRY);
      measures.push(...latencyMeasures('demo', times), ...ratioMeasures(times, encodeMs, decodeMs));
      measures.push(...memoryMeasures('demo', pid));
      results = await clickDemoStructures(url, CLICKS, ({ structure, diceByClick }) => {
        console.log(`${structure.name}: Dice ${diceByClick.map(d => d.toFixed(2)).join(' ')}`);
      });
      measures.push(...sizeMeasures(results));
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

    console.log(
      `\n${tableOf(measures)}\n\nDice on the demo study after clicks 1 … ${CLICKS}:\n${accuracyTable(results)}`,
    );
    const artifacts = join(ROOT, 'test/artifacts');
    mkdirSync(artifacts, { recursive: true });
    const report = {
      date: new Date().toISOString(),
      ...{ cores: availableParallelism(), load, node: process.version },
      measures: measures.map(measure => ({ ...measure, verdict: verdict(measure) })),
      accuracy: results.map(({ structure, diceByClick, volumesMl }) => ({
        structure: structure.name,
        diceByClick,
        volumesMl,
      })),
    };
    writeFileSync(join(artifacts, 'bench.json'), `${JSON.stringify(report, undefined, 2)}\n`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

await main();

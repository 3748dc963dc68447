import { demoSopInstanceUID, DEMO_SERIES } from '../../server/src/adapters/demoStudy/demoStudy.ts';
import { SLICES } from '../../server/src/adapters/demoStudy/acquisition.ts';
import { DEMO_GEOMETRY } from '../phantom/demoGeometry.ts';
import { DEMO_STRUCTURES, type DemoStructure } from '../phantom/demoStructures.ts';
import { demoTruth } from '../phantom/demoTruth.ts';
import { dice } from '../phantom/dice.ts';
import { ClickSession, type BenchSeries } from './clickSession.ts';
import { correction } from './correction.ts';
import type { TimedReply } from './timedPost.ts';

export const DEMO_BENCH_SERIES: BenchSeries = {
  studyInstanceUID: DEMO_SERIES.studyInstanceUID,
  seriesInstanceUID: DEMO_SERIES.seriesInstanceUID,
  shapeIjk: DEMO_GEOMETRY.shapeIjk,
  sopInstanceUIDs: Array.from({ length: SLICES }, (_, k) => demoSopInstanceUID(k)),
};

export interface StructureResult {
  readonly structure: DemoStructure;
  /** After each click. */
  readonly diceByClick: readonly number[];
  /** Of the segment after each click. */
  readonly volumesMl: readonly number[];
  readonly replies: readonly TimedReply[];
}

/** Clicks on every listed structure of the demo study: first inside, then where the error is thickest. */
export async function clickDemoStructures(
  url: string,
  clicks: number,
  onResult: (result: StructureResult) => void,
): Promise<StructureResult[]> {
  const results: StructureResult[] = [];
  for (const structure of DEMO_STRUCTURES) {
    const truth = demoTruth(structure.name, DEMO_GEOMETRY);
    const session = await ClickSession.begin(url, DEMO_BENCH_SERIES, structure.name);
    const replies: TimedReply[] = [];
    const diceByClick: number[] = [];
    const volumesMl: number[] = [];
    for (let n = 0; n < clicks; n++) {
      const next =
        n === 0
          ? { pointLps: structure.firstClickLps, polarity: 'include' as const }
          : correction(truth, session.mask(), DEMO_GEOMETRY);
      if (!next) break;
      const { reply, update } = await session.click(next.pointLps, next.polarity);
      replies.push(reply);
      diceByClick.push(dice(truth, session.mask()));
      volumesMl.push(update.segment.volumeMl);
    }
    const result = { structure, diceByClick, volumesMl, replies };
    onResult(result);
    results.push(result);
  }
  return results;
}

import { setTimeout as delay } from 'node:timers/promises';
import type { Vector3 } from '../../server/src/domain/affine.ts';
import { pointLpsOf, type VolumeGeometry } from '../../server/src/domain/volumeGeometry.ts';
import { ClickSession, type BenchSeries } from './clickSession.ts';
import { median, quantile, type Measure } from './table.ts';
import type { TimedReply } from './timedPost.ts';

export interface ClickTimes {
  /** The very first click on a server that has just started. */
  readonly cold: TimedReply;
  /** First clicks of new segments at new places, with the series in memory. */
  readonly first: readonly TimedReply[];
  /** First clicks where the pointer has rested before. */
  readonly rested: readonly TimedReply[];
  /** Further clicks in the same segments as the first ones. */
  readonly later: readonly TimedReply[];
  /** Boxes of new segments at new places, with the series in memory. */
  readonly boxes: readonly TimedReply[];
}

/** Places in the volume, as shares of its sides, far enough apart to need regions of their own. */
const PLACES: readonly Vector3[] = [
  [0.35, 0.5, 0.6],
  [0.62, 0.45, 0.4],
  [0.5, 0.62, 0.25],
  [0.4, 0.35, 0.75],
  [0.58, 0.55, 0.7],
];
const RESTED_PLACES: readonly Vector3[] = [
  [0.45, 0.42, 0.55],
  [0.66, 0.55, 0.3],
  [0.36, 0.6, 0.4],
];
const BOXED_PLACES: readonly Vector3[] = [
  [0.42, 0.56, 0.5],
  [0.6, 0.38, 0.62],
  [0.34, 0.44, 0.32],
];
const BOX_SIDE_MM = 40;
const REST_MS = 700;
const LATER_CLICKS = 3;

/** Clicks at fixed places, the later ones a little beside the first, every other one excluding. */
export async function clickTimes(
  url: string,
  series: BenchSeries,
  geometry: VolumeGeometry,
): Promise<ClickTimes> {
  const first: TimedReply[] = [];
  const later: TimedReply[] = [];
  const rested: TimedReply[] = [];
  const pointAt = (place: Vector3, shiftMm = 0): Vector3 => {
    const share = ([0, 1, 2] as const).map(axis => Math.round(place[axis] * (geometry.shapeIjk[axis] - 1)));
    const [x, y, z] = pointLpsOf(geometry, [share[0] ?? 0, share[1] ?? 0, share[2] ?? 0]);
    return [x + shiftMm, y - shiftMm, z + shiftMm];
  };
  for (const [n, place] of PLACES.entries()) {
    const session = await ClickSession.begin(url, series, `Bench ${n}`);
    first.push((await session.click(pointAt(place))).reply);
    for (let step = 1; step <= LATER_CLICKS; step++) {
      const polarity = step % 2 ? 'exclude' : 'include';
      later.push((await session.click(pointAt(place, 5 * step), polarity)).reply);
    }
  }
  for (const place of RESTED_PLACES) {
    const session = await ClickSession.begin(url, series, 'Bench, rested');
    await restAt(url, series, pointAt(place));
    rested.push((await session.click(pointAt(place))).reply);
  }
  const boxes: TimedReply[] = [];
  for (const place of BOXED_PLACES) {
    const session = await ClickSession.begin(url, series, 'Bench, boxed');
    const [x, y, z] = pointAt(place);
    const corner = (sign: -1 | 1): Vector3 => {
      const half = (sign * BOX_SIDE_MM) / 2;
      return [x + half, y + half, z + half];
    };
    boxes.push((await session.box([corner(-1), corner(1)])).reply);
  }
  const [cold, ...warm] = first;
  if (!cold) throw new Error('no click was made');
  return { cold, first: warm, rested, later, boxes };
}

/** What the viewer does where the pointer rests. */
async function restAt(url: string, series: BenchSeries, pointLps: Vector3): Promise<void> {
  const { studyInstanceUID, seriesInstanceUID } = series;
  const reply = await fetch(`${url}/api/v1/series/${studyInstanceUID}/${seriesInstanceUID}/warm-point`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ pointLps }),
  });
  if (reply.status !== 202) throw new Error(`warm-point answered ${reply.status}`);
  await delay(REST_MS);
}

export const AIMS = { coldMs: 1500, warmMs: 600, laterMs: 150, segKb: 50, segMl: 50 } as const;

export function latencyMeasures(label: string, { cold, first, rested, later, boxes }: ClickTimes): Measure[] {
  const wall = (replies: readonly TimedReply[]): number[] => replies.map(reply => reply.wallMs);
  const named = (name: string): string => `${label}: ${name}`;
  return [
    {
      name: named('first click, cold'),
      value: cold.wallMs,
      unit: 'ms',
      aim: AIMS.coldMs,
      note: partsOf([cold]),
    },
    {
      name: named('first click, series warm, median'),
      value: median(wall(first)),
      ...{ unit: 'ms', aim: AIMS.warmMs, note: partsOf(first) },
    },
    { name: named('first click, series warm, p95'), value: quantile(wall(first), 0.95), unit: 'ms' },
    {
      name: named(`first click, ${REST_MS} ms after the pointer rested there, median`),
      value: median(wall(rested)),
      ...{ unit: 'ms', note: partsOf(rested) },
    },
    {
      name: named('later clicks, median'),
      value: median(wall(later)),
      ...{ unit: 'ms', aim: AIMS.laterMs, note: `${later.length} clicks; ${partsOf(later)}` },
    },
    { name: named('later clicks, p95'), value: quantile(wall(later), 0.95), unit: 'ms' },
    {
      name: named('box, series warm, median'),
      value: median(wall(boxes)),
      ...{ unit: 'ms', aim: AIMS.warmMs, note: partsOf(boxes) },
    },
  ];
}

/** Median of each part of the server's time, and what is left for the way there and back. */
function partsOf(replies: readonly TimedReply[]): string {
  const names = [...new Set(replies.flatMap(reply => Object.keys(reply.serverMs)))];
  const parts = names.map(name => `${name} ${median(replies.map(r => r.serverMs[name] ?? 0)).toFixed(0)}`);
  const rest = replies.map(r => r.wallMs - Object.values(r.serverMs).reduce((sum, ms) => sum + ms, 0));
  return [...parts, `rest ${median(rest).toFixed(0)}`].join(', ');
}

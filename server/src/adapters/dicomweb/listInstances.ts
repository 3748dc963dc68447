import { Problem } from '../../domain/errors.ts';
import type { WholeSeries } from '../../domain/seriesReference.ts';
import type { ArchiveHttp } from './archiveHttp.ts';
import { countInstances } from './countInstances.ts';
import { describedInstances, searchInstances } from './searchInstances.ts';

/**
 * SOPInstanceUIDs of all instances of a series, in the order that the archive lists them. An archive may cap a search
 * and begin it anew whatever offset is asked for, so that what it lists is held against its own count of the series and,
 * where that says more or nothing, its metadata: a volume with slices missing looks like one that was taken so.
 * @throws Problem archive-rejected (also where it lists a part only), archive-unreachable, archive-timeout, cancelled
 */
export async function listInstances(
  http: ArchiveHttp,
  series: WholeSeries,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const path = seriesPathOf(series);
  const { uids, hasEnded } = await searchInstances(http, path, signal);
  const count = await countInstances(http, series, signal);
  if (count === undefined ? hasEnded : uids.length >= count) return uids;
  const described = await describedInstances(http, path, signal);
  const known = new Set([...uids, ...(described ?? [])]);
  if (count === undefined ? described : known.size >= count) return [...known];
  throw new Problem('archive-rejected', 'The archive lists a part of the series only.', {
    ...{ listedCount: known.size, instanceCount: count ?? null },
  });
}

/** Below the DICOMweb root. */
export function seriesPathOf({ studyInstanceUID, seriesInstanceUID }: WholeSeries): string {
  return `/studies/${studyInstanceUID}/series/${seriesInstanceUID}`;
}

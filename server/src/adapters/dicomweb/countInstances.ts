import { z } from 'zod';
import type { WholeSeries } from '../../domain/seriesReference.ts';
import { textOf, type ArchiveHttp } from './archiveHttp.ts';
import { parseJson } from './searchInstances.ts';

/** NumberOfSeriesRelatedInstances, which every archive returns that keeps to PS3.18 10.6.3.3.2. */
const seriesSchema = z.tuple([
  z.object({ '00201209': z.object({ Value: z.tuple([z.coerce.number().int().nonnegative()]) }) }),
]);

/** The series is not there, or not for us. */
const NONE = [204, 401, 403, 404, 410];

/** How many instances the archive lists for a series (QIDO-RS, PS3.18 10.6); undefined where it does not say. */
export async function countInstances(
  http: ArchiveHttp,
  { studyInstanceUID, seriesInstanceUID }: WholeSeries,
  signal: AbortSignal,
): Promise<number | undefined> {
  const path = `/studies/${studyInstanceUID}/series?SeriesInstanceUID=${seriesInstanceUID}`;
  const reply = await http.get(path, 'application/dicom+json', signal);
  const text = await textOf(reply);
  if (NONE.includes(reply.status)) return 0;
  const json = reply.status < 300 ? parseJson(text) : undefined;
  if (Array.isArray(json) && json.length === 0) return 0;
  const parsed = seriesSchema.safeParse(json);
  return parsed.data?.[0]['00201209'].Value[0];
}

import { z } from 'zod';
import type { WholeSeries } from '../../domain/seriesReference.ts';
import { textOf, type ArchiveHttp } from './archiveHttp.ts';
import { parseJson } from './searchInstances.ts';

const textValue = z.object({ Value: z.tuple([z.string()]) });
/** SeriesInstanceUID and NumberOfSeriesRelatedInstances, which archives return that keep to PS3.18 10.6.3.3.2. */
const listSchema = z.array(
  z.object({
    '0020000E': z.exactOptional(textValue),
    '00201209': z
      .object({ Value: z.tuple([z.coerce.number().int().nonnegative()]) })
      .optional()
      .catch(undefined),
  }),
);

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
  const list = listSchema.safeParse(reply.status < 300 ? parseJson(text) : undefined).data;
  if (!list) return undefined;
  // Some archives list every series of the study, whatever they were asked for.
  const own = list.filter(
    ({ '0020000E': uid }) => (uid?.Value[0] ?? seriesInstanceUID) === seriesInstanceUID,
  );
  if (own.length === 0) return 0;
  return own.length === 1 ? own[0]?.['00201209']?.Value[0] : undefined;
}

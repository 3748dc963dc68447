import { z } from 'zod';
import { Problem } from '../../domain/errors.ts';
import { discard, textOf, type ArchiveHttp } from './archiveHttp.ts';

const PAGE_SIZE = 1000;
const instancesSchema = z.array(z.object({ '00080018': z.object({ Value: z.tuple([z.string()]) }) }));

/**
 * SOPInstanceUIDs of a series (QIDO-RS, PS3.18 10.6), page by page.
 * @param seriesPath below the DICOMweb root
 */
export async function searchInstances(
  http: ArchiveHttp,
  seriesPath: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const uids = new Set<string>();
  for (;;) {
    const before = uids.size;
    const query = `limit=${PAGE_SIZE}&offset=${before}`;
    const reply = await http.get(`${seriesPath}/instances?${query}`, 'application/dicom+json', signal);
    if (reply.status === 204 || reply.status === 404) {
      await discard(reply);
      return [...uids];
    }
    const text = await textOf(reply);
    const parsed = reply.status < 300 ? instancesSchema.safeParse(parseJson(text)) : undefined;
    if (!parsed?.success) {
      throw new Problem('archive-rejected', 'The archive does not list the instances of the series.', {
        archiveStatus: reply.status,
      });
    }
    for (const instance of parsed.data) uids.add(instance['00080018'].Value[0]);
    // Archives cap pages at sizes of their own, and some take no offset: the end is a page with nothing new.
    if (uids.size === before) return [...uids];
  }
}

/** `undefined` for what is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

import { z } from 'zod';
import { Problem } from '../../domain/errors.ts';
import { discard, textOf, type ArchiveHttp } from './archiveHttp.ts';

const PAGE_SIZE = 1000;
/** Far above what any series has; an archive that makes up a new page whatever it is asked for ends here. */
const MOST_INSTANCES = 2 ** 18;
const instancesSchema = z.array(z.object({ '00080018': z.object({ Value: z.tuple([z.string()]) }) }));

export interface ListedInstances {
  readonly uids: readonly string[];
  /** The archive has said that nothing follows; otherwise it repeats itself, and there may be more. */
  readonly hasEnded: boolean;
}

/**
 * SOPInstanceUIDs of a series (QIDO-RS, PS3.18 10.6), page by page.
 * @param seriesPath below the DICOMweb root
 * @throws Problem archive-rejected (also where the list has no end), archive-unreachable, archive-timeout, cancelled
 */
export async function searchInstances(
  http: ArchiveHttp,
  seriesPath: string,
  signal: AbortSignal,
): Promise<ListedInstances> {
  const uids = new Set<string>();
  for (;;) {
    const before = uids.size;
    const query = `limit=${PAGE_SIZE}&offset=${before}`;
    const reply = await http.get(`${seriesPath}/instances?${query}`, 'application/dicom+json', signal);
    if (reply.status === 204 || reply.status === 404) {
      await discard(reply);
      return { uids: [...uids], hasEnded: true };
    }
    const page = instancesIn(await textOf(reply), reply.status);
    if (!page) {
      throw new Problem('archive-rejected', 'The archive does not list the instances of the series.', {
        archiveStatus: reply.status,
      });
    }
    for (const uid of page) uids.add(uid);
    if (uids.size > MOST_INSTANCES) {
      throw new Problem('archive-rejected', 'The archive lists more instances than any series has.', {
        listedCount: uids.size,
      });
    }
    // Archives cap pages at sizes of their own, and some take no offset: the end is a page with nothing new.
    if (uids.size === before) return { uids: [...uids], hasEnded: page.length === 0 };
  }
}

/**
 * SOPInstanceUIDs in the metadata of a series (PS3.18 10.4.1.1.5), which have no pages; undefined where it gives none.
 * @param seriesPath below the DICOMweb root
 */
export async function describedInstances(
  http: ArchiveHttp,
  seriesPath: string,
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  return http.getAndRead(`${seriesPath}/metadata`, 'application/dicom+json', signal, async reply =>
    instancesIn(await textOf(reply), reply.status),
  );
}

function instancesIn(text: string, status: number): readonly string[] | undefined {
  const parsed = status < 300 ? instancesSchema.safeParse(parseJson(text)) : undefined;
  return parsed?.data?.map(instance => instance['00080018'].Value[0]);
}

/** `undefined` for what is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

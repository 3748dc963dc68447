import { Problem } from '../../domain/errors.ts';
import type { WholeSeries } from '../../domain/seriesReference.ts';
import { ACCEPT_FASTEST, ACCEPT_SINGLE, ACCEPT_STORED, discard, type ArchiveHttp } from './archiveHttp.ts';
import { listInstances, seriesPathOf } from './listInstances.ts';
import { retrievedInParallel } from './parallelRetrieval.ts';
import { filesOf, isRefusalOfKind } from './retrievedFiles.ts';
import { retrieveFrames } from './retrieveFrames.ts';

/**
 * Part 10 files of the instances of a series that are not in `taken`, in the order that the archive lists them;
 * each is tried again where the line breaks. Where the archive does not hand out instances, they are put together
 * from metadata and frames.
 * @param taken grows while the consumer takes instances
 * @throws Problem series-not-found, archive-rejected, archive-unreachable, archive-timeout, cancelled
 */
export async function* retrieveInstances(
  http: ArchiveHttp,
  series: WholeSeries,
  taken: ReadonlySet<string>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const seriesPath = seriesPathOf(series);
  const uids = (await listInstances(http, series, signal)).filter(uid => !taken.has(uid));
  const retrievals = retrievedInParallel(uids, signal, (uid, either) =>
    retrieveInstance(http, `${seriesPath}/instances/${uid}`, either),
  );
  let retrieved = 0;
  for await (const files of retrievals) {
    if (!files) {
      const missing = uids.filter(uid => !taken.has(uid));
      return yield* retrieveFrames(http, seriesPath, missing, signal);
    }
    const takenBefore = taken.size;
    yield* files;
    if (taken.size === takenBefore) nothingFor(uids[retrieved] ?? '');
    retrieved++;
  }
}

/** A volume with slices missing looks like one that was taken so. */
function nothingFor(sopInstanceUID: string): never {
  throw new Problem(
    'archive-rejected',
    'The archive hands out nothing, or another image, for one that it lists.',
    { sopInstanceUID },
  );
}

/** `undefined` where the archive lists the instance and does not hand it out, however it is asked for. */
async function retrieveInstance(
  http: ArchiveHttp,
  path: string,
  signal: AbortSignal,
): Promise<readonly Uint8Array[] | undefined> {
  for (const accept of [ACCEPT_FASTEST, ACCEPT_STORED, ACCEPT_SINGLE]) {
    const files = await http.getAndRead(path, accept, signal, async reply => {
      if (!isRefusalOfKind(reply.status) && reply.status !== 404) return collected(filesOf(reply));
      await discard(reply);
      return undefined;
    });
    if (files) return files;
  }
  return undefined;
}

async function collected(files: AsyncIterable<Uint8Array>): Promise<readonly Uint8Array[]> {
  const all: Uint8Array[] = [];
  for await (const file of files) all.push(file);
  return all;
}

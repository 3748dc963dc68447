import { BufferPool } from '../domain/bufferPool.ts';
import type { DecodedSlice } from '../domain/decodedSlice.ts';
import { Problem } from '../domain/errors.ts';
import { mapAhead } from '../domain/mapAhead.ts';
import { DEFAULT_SERIES_LIMITS, SeriesBudget, type SeriesLimits } from '../domain/seriesLimits.ts';
import { isSameSeries, type SeriesReference } from '../domain/seriesReference.ts';
import { SliceStack } from '../domain/sliceStack.ts';
import type { Volume } from '../domain/volume.ts';
import type { ImageArchive } from '../ports/imageArchive.ts';
import type { SliceDecoder } from '../ports/sliceDecoder.ts';

/** Enough for every decoding thread to have the next image at hand; few enough to be little beside the volume. */
const DECODES_UNDER_WAY = 8;
/** Where the first so many images cannot be read, no other is fetched. */
const HOPELESS_COUNT = 10;
const NAMED_IMAGES = 10;

/**
 * Fetches a series and makes a volume of it, slice by slice as they arrive. An image that cannot be read does not
 * hide the others: all are read, and those that cannot be are named.
 * @throws Problem series-not-found, archive-unreachable, archive-timeout, unsupported-pixel-data,
 *   unsupported-geometry, series-too-large, archive-rejected (images of another series), cancelled
 */
export async function assembleVolume(
  series: SeriesReference,
  ports: { readonly imageArchive: Pick<ImageArchive, 'retrieveSeries'>; readonly sliceDecoder: SliceDecoder },
  signal: AbortSignal,
  limits: SeriesLimits = DEFAULT_SERIES_LIMITS,
): Promise<Volume> {
  const stack = new SliceStack();
  const budget = new SeriesBudget(limits);
  const refusals: Problem[] = [];
  let imageCount = 0;
  const requireWanted = (): void => {
    if (signal.aborted) throw new Problem('cancelled', 'The series is no longer wanted.');
  };
  const buffers = new BufferPool();
  const files = ports.imageArchive.retrieveSeries(series, signal, buffers);
  const decode = async (part10: Uint8Array): Promise<ImageUnderWay> => {
    budget.addFile(part10.length);
    return { part10, slices: await firstAhead(ports.sliceDecoder.slicesOf(part10)) };
  };
  for await (const { part10, slices } of mapAhead(files, DECODES_UNDER_WAY, decode)) {
    imageCount++;
    try {
      for await (const slice of slices) {
        requireWanted();
        requireOfSeries(slice, series);
        budget.addFrame(slice.pixels.length);
        stack.add(slice);
      }
    } catch (error) {
      if (!isOfImage(error)) throw error;
      refusals.push(error);
    }
    // The stack holds copies of the pixels; of a file nothing else is read later.
    buffers.giveBack(part10);
    requireWanted();
    if (refusals.length === imageCount && imageCount >= HOPELESS_COUNT) break;
  }
  const [refusal] = refusals;
  if (refusal) throw refusalOfSeries(refusal, refusals, imageCount);
  return stack.toVolume(series.image);
}

/**
 * A series is asked for by its UIDs, and what is saved goes to the patient of the images: those of another series, which
 * an archive hands out by mistake, would fit into the same grid.
 * @throws Problem archive-rejected
 */
function requireOfSeries(slice: DecodedSlice, series: SeriesReference): void {
  if (isSameSeries(slice, series)) return;
  const { studyInstanceUID, seriesInstanceUID, sopInstanceUID } = slice;
  throw new Problem(
    'archive-rejected',
    'The archive hands out images of another series than it was asked for.',
    {
      ...{ studyInstanceUID, seriesInstanceUID, sopInstanceUID },
    },
  );
}

interface ImageUnderWay {
  readonly part10: Uint8Array;
  readonly slices: AsyncIterable<DecodedSlice>;
}

/** The same, of which the first has come already; whoever reads on meets what has failed. */
async function firstAhead<Item>(items: AsyncIterable<Item>): Promise<AsyncIterable<Item>> {
  const iterator = items[Symbol.asyncIterator]();
  const first = iterator.next();
  await first.catch(() => undefined);
  return (async function* () {
    try {
      for (let next = await first; !next.done; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  })();
}

/** Such a Problem names one image; any other ends the series. */
function isOfImage(error: unknown): error is Problem {
  return error instanceof Problem && ['unsupported-pixel-data', 'unsupported-geometry'].includes(error.code);
}

function refusalOfSeries(first: Problem, refusals: readonly Problem[], imageCount: number): Problem {
  if (refusals.length === imageCount) return first;
  return new Problem(
    first.code,
    `${refusals.length} of ${imageCount} images cannot be read; the others can. ${first.detail}`,
    {
      ...first.facts,
      ...{ imageCount, refusedCount: refusals.length },
      refused: refusals.slice(0, NAMED_IMAGES).map(({ code, detail, facts }) => ({
        ...{ sopInstanceUID: facts['sopInstanceUID'] ?? null, code, detail },
      })),
    },
  );
}

import { Problem } from '../domain/errors.ts';
import type { SeriesReference } from '../domain/seriesReference.ts';
import { SliceStack } from '../domain/sliceStack.ts';
import type { Volume } from '../domain/volume.ts';
import type { ImageArchive } from '../ports/imageArchive.ts';
import type { SliceDecoder } from '../ports/sliceDecoder.ts';

/**
 * Fetches a series and makes a volume of it, slice by slice as they arrive.
 * @throws Problem series-not-found, archive-unreachable, archive-timeout, unsupported-pixel-data,
 *   unsupported-geometry, cancelled
 */
export async function assembleVolume(
  series: SeriesReference,
  ports: { readonly imageArchive: Pick<ImageArchive, 'retrieveSeries'>; readonly sliceDecoder: SliceDecoder },
  signal: AbortSignal,
): Promise<Volume> {
  const stack = new SliceStack();
  for await (const part10 of ports.imageArchive.retrieveSeries(series, signal)) {
    for await (const slice of ports.sliceDecoder.slicesOf(part10)) {
      stack.add(slice);
      if (signal.aborted) throw new Problem('cancelled', 'The series is no longer wanted.');
    }
  }
  return stack.toVolume(series.image);
}

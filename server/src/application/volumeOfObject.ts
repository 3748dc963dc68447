import type { DecodedSegmentation } from '../domain/decodedSegmentation.ts';
import { Problem } from '../domain/errors.ts';
import type { ImageReference, SeriesReference } from '../domain/seriesReference.ts';
import type { LoadedVolume, Workspace } from './workspace.ts';

/**
 * The volume of a series that a segmentation in the archive is of. Where the series holds several and the request names
 * none, it is that of the first image that the segmentation says it was made from.
 * @throws Problem unsupported-geometry where neither says which, and those of the archive
 */
export async function loadVolumeOfObject(
  object: DecodedSegmentation,
  series: SeriesReference,
  { loadVolume }: Pick<Workspace, 'loadVolume'>,
  signal: AbortSignal,
): Promise<LoadedVolume & { readonly series: SeriesReference }> {
  try {
    return { ...(await loadVolume(series, signal)), series };
  } catch (error) {
    const isUndecided = error instanceof Problem && error.code === 'unsupported-geometry' && !series.image;
    const image = isUndecided ? await firstSource(object) : undefined;
    if (!image) throw error;
    const named = { ...series, image };
    return { ...(await loadVolume(named, signal)), series: named };
  }
}

async function firstSource(object: DecodedSegmentation): Promise<ImageReference | undefined> {
  for await (const { source } of object.frames()) if (source) return source;
  return undefined;
}

import type { SeriesReference } from '../domain/seriesReference.ts';
import type { Workspace } from './workspace.ts';

/**
 * Whether the archive still has what was stored in it, as a series of its own. Where it does not say, it has.
 * @throws Problem archive-unreachable, archive-timeout, cancelled: an address that nobody can look up is no save
 */
export async function isStillStored(
  { studyInstanceUID }: SeriesReference,
  { seriesInstanceUID }: { readonly seriesInstanceUID: string },
  { imageArchive }: Pick<Workspace, 'imageArchive'>,
  signal: AbortSignal,
): Promise<boolean> {
  return (await imageArchive.countInstances({ studyInstanceUID, seriesInstanceUID }, signal)) !== 0;
}

/**
 * Names what is stored once more of the same content: a deleted instance does not come back under its UID, which
 * archives refuse that have rejected it, and which other attributes (its series' description) must not have.
 */
export function nameAfter(name: string, gone: { readonly sopInstanceUID: string } | undefined): string {
  return gone ? `${name} after ${gone.sopInstanceUID}` : name;
}

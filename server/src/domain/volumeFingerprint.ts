import { Problem } from './errors.ts';
import type { Segmentation } from './segmentation.ts';
import type { Volume } from './volume.ts';

type Identity = Pick<Volume, 'series' | 'geometry' | 'slices'>;

/**
 * Says which images a volume was made of and where they lie: 16 hexadecimal digits. Volumes that differ in one
 * image, in their grid or in their Frame of Reference have other ones.
 */
export function volumeFingerprintOf({ series, geometry, slices }: Identity): string {
  const { shapeIjk, ijkToLps, frameOfReferenceUID, slicePlaces } = geometry;
  const text = JSON.stringify([
    ...[series.studyInstanceUID, series.seriesInstanceUID],
    ...[shapeIjk, ijkToLps, frameOfReferenceUID],
    ...(slicePlaces ? [slicePlaces] : []),
    slices.map(slice => (slice ? [slice.sopInstanceUID, slice.frameNumber ?? 1] : [])),
  ]);
  // Two FNV-1a hashes of 32 bits: against chance, not against an adversary.
  return [0x811c9dc5, 0x01000193].map(seed => fnv1a(text, seed).toString(16).padStart(8, '0')).join('');
}

function fnv1a(text: string, seed: number): number {
  let hash = seed;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/**
 * Masks are grids of voxels without positions of their own: on another volume they would lie elsewhere.
 * @throws Problem series-changed when a mask of the segmentation was made on another volume
 */
export function requireVolumeOfMasks(segmentation: Pick<Segmentation, 'segments'>, volume: Identity): void {
  const fingerprint = volumeFingerprintOf(volume);
  const masks = segmentation.segments.flatMap(({ steps, openedMask }) => [
    ...(openedMask ? [openedMask] : []),
    ...steps.flatMap(step => (step.kind === 'prompt' ? [step.mask] : [])),
  ]);
  const isForeign = masks.some(({ volumeFingerprint = fingerprint }) => volumeFingerprint !== fingerprint);
  if (!isForeign) return;
  throw new Problem(
    'series-changed',
    'The images of the series are not those that the segmentation was made on. Begin a new one.',
    { imageCount: volume.slices.filter(slice => slice !== undefined).length },
  );
}

/**
 * What is answered in several steps is answered on one volume: the series may have grown between two of them.
 * @param before that of the steps before; undefined for the first
 * @throws Problem series-changed
 */
export function requireSameVolume(before: Identity | undefined, volume: Identity): void {
  if (!before || before === volume || volumeFingerprintOf(before) === volumeFingerprintOf(volume)) return;
  throw new Problem('series-changed', 'The images of the series have changed meanwhile. Ask once more.', {
    imageCount: volume.slices.filter(slice => slice !== undefined).length,
  });
}

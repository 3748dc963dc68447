import type { Volume } from '../domain/volume.ts';

/** Writes the values of a volume, in modality units, as one file. */
export interface VolumeEncoder {
  /** In pieces, so that the whole file is never held. */
  encode(volume: Volume): Iterable<Uint8Array>;
}

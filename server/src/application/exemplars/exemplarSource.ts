import type { Mask } from '../../domain/mask.ts';
import type { Volume } from '../../domain/volume.ts';

/** A series that shows what is meant. */
export interface ExemplarCase {
  readonly volume: Volume;
  /** By class label; a class that is missing may be there all the same. */
  readonly masks: ReadonlyMap<string, Mask>;
}

/** A case that is loaded when it is needed. */
export interface ExemplarSource {
  /** Equal keys: equal voxels and masks. */
  readonly key: string;
  /** @throws Problem unsuitable-cases where it has gone, and those of the archive */
  readonly load: (signal: AbortSignal) => Promise<ExemplarCase>;
}

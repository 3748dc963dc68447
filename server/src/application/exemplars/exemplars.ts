import type { ModelManifest } from '../../domain/modelManifest.ts';
import type { WholeSeries } from '../../domain/seriesReference.ts';
import type { Mask } from '../../domain/mask.ts';
import type { Volume } from '../../domain/volume.ts';
import type { ExemplarSetStore } from '../../ports/exemplarSetStore.ts';
import type { Learning } from '../learning/learning.ts';
import type { ExemplarSource } from './exemplarCase.ts';

/** What the use cases on exemplar sets work with. */
export interface Exemplars extends Pick<Learning, 'workspace' | 'patientKeyOf' | 'nowMs'> {
  readonly sets: ExemplarSetStore;
  /** Another number after the images of a series have been replaced (volumeCache.ts). */
  readonly imagesState: (series: WholeSeries) => number;
  /** The method (segmentLike.ts), with the ports that it needs. */
  readonly segmentLike: (
    query: Volume,
    exemplars: readonly ExemplarSource[],
    labels: readonly string[],
    model: ModelManifest,
    signal: AbortSignal,
    onProgress: (share: number) => void,
  ) => Promise<ReadonlyMap<string, Mask>>;
}

import type { Agreement } from '../../domain/agreement.ts';
import type { SeriesReference } from '../../domain/seriesReference.ts';

/** Tells how far the answers of a task, or of an exemplar set, to one series agree. */
export interface Judge {
  /** Nothing is gained by annotating these: `learned-from` by a task, `example` of a set. */
  readonly known: { readonly as: 'learned-from' | 'example'; readonly series: readonly SeriesReference[] };
  /**
   * One volume and one answer's probabilities at a time; of the others the masks are kept.
   * @param onProgress told a number between 0 and 1
   * @throws Problem of the series or of what judges it, cancelled
   */
  readonly agreements: (
    series: SeriesReference,
    signal: AbortSignal,
    onProgress: (share: number) => void,
  ) => Promise<readonly Agreement[]>;
}

/** Of several parts of equal work: how much is done of the whole. */
export function shareOf(part: number, parts: number, onProgress: (share: number) => void) {
  return (share: number): void => onProgress((part + share) / parts);
}

import { LRUCache } from 'lru-cache';
import type { Segmentation } from '../../domain/segmentation.ts';

/** Of a large organ, some 2500 clicks. */
const MEMORY_BYTES = 128 * 1024 ** 2;
/** Of what is remembered beside its operations. */
const LEAST_BYTES = 1024;

/** A segmentation as it was read, and about how many bytes its operations take. */
export interface KnownFold {
  readonly segmentation: Segmentation;
  readonly bytes: number;
}

/**
 * Segmentations as they were read last. Logs only grow: what came since is all that is to be read of them, however long
 * a reader has clicked. In memory alone, bounded.
 */
export class FoldMemory {
  readonly #known: LRUCache<string, KnownFold>;

  constructor(limitBytes: number = MEMORY_BYTES) {
    this.#known = new LRUCache({ maxSize: limitBytes });
  }

  /** @param version at most so new; absent: any will do */
  get(id: string, version = Infinity): KnownFold | undefined {
    const known = this.#known.get(id);
    return known && known.segmentation.version <= version ? known : undefined;
  }

  /** What is larger than all that may be remembered is not. */
  keep(fold: KnownFold): void {
    this.#known.set(fold.segmentation.id, fold, { size: LEAST_BYTES + fold.bytes });
  }

  forget(id: string): void {
    this.#known.delete(id);
  }
}

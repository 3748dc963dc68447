import { LRUCache } from 'lru-cache';
import type { PromptOutcome, PromptState } from './applyPrompt.ts';
import { SingleFlight } from './singleFlight.ts';

/**
 * What is known of prompt sequences, so that one more prompt costs one decode. Dropped beyond a budget of bytes, but for
 * the last, where it alone is beyond it: each prompt would cost all that came before.
 */
export class PredictionMemo {
  readonly #states: LRUCache<string, PromptState>;
  readonly flights = new SingleFlight<PromptOutcome>();

  constructor(maxBytes: number) {
    this.#states = new LRUCache({
      maxSize: maxBytes,
      sizeCalculation: state => Math.min(maxBytes, bytesOf(state)),
    });
  }

  get(key: string): PromptState | undefined {
    return this.#states.get(key);
  }

  set(key: string, state: PromptState): void {
    this.#states.set(key, state);
  }
}

function bytesOf({ mask, view }: PromptState): number {
  return Math.max(1, mask.voxels.byteLength + (view?.logits.values.byteLength ?? 0));
}

import { LRUCache } from 'lru-cache';
import type { Mask } from '../domain/mask.ts';
import { decodeMask, encodeMask } from '../domain/runLength.ts';
import type { PromptOutcome, PromptState } from './applyPrompt.ts';
import { inTurns } from './inTurns.ts';
import { SingleFlight } from './singleFlight.ts';

/**
 * Masks in larger boxes, as a share of the budget, are kept as run lengths: of a segment that goes through the whole
 * body no state would fit otherwise, and every prompt would have all before it answered once more.
 */
const LARGEST_SHARE = 1 / 16;

/** A mask as it is, or as run lengths. */
type KeptMask = Mask | Uint8Array;

interface KeptState extends Omit<PromptState, 'mask' | 'opened'> {
  readonly mask: KeptMask;
  readonly opened?: KeptMask;
}

/** What is known of prompt sequences, so that one more prompt costs one decode. Dropped beyond a budget of bytes. */
export class PredictionMemo {
  readonly #states: LRUCache<string, KeptState>;
  readonly flights = new SingleFlight<PromptOutcome>();

  constructor(private readonly maxBytes: number) {
    this.#states = new LRUCache({
      maxSize: maxBytes,
      // What is larger than all room takes it alone.
      sizeCalculation: (state, key) => Math.min(maxBytes, bytesOf(state, key)),
    });
  }

  /** In turns, as keeping it: a mask may be a whole body. */
  async get(key: string): Promise<PromptState | undefined> {
    const kept = this.#states.get(key);
    if (!kept) return undefined;
    const { mask, opened, ...rest } = kept;
    return { ...rest, mask: await maskOf(mask), ...(opened && { opened: await maskOf(opened) }) };
  }

  async set(key: string, { mask, opened, ...rest }: PromptState): Promise<void> {
    this.#states.set(key, {
      ...{ ...rest, mask: await this.#kept(mask) },
      ...(opened && { opened: await this.#kept(opened) }),
    });
  }

  async #kept(mask: Mask): Promise<KeptMask> {
    if (mask.voxels.byteLength <= LARGEST_SHARE * this.maxBytes) return mask;
    return (await inTurns(encodeMask(mask))).runLength;
  }
}

async function maskOf(kept: KeptMask): Promise<Mask> {
  return kept instanceof Uint8Array ? inTurns(decodeMask(kept)) : kept;
}

/** The mask that a segment was opened with is one for all its states. */
function bytesOf({ mask, view }: KeptState, key: string): number {
  const maskBytes = mask instanceof Uint8Array ? mask.byteLength : mask.voxels.byteLength;
  return Math.max(1, key.length + maskBytes + (view?.logits.values.byteLength ?? 0));
}

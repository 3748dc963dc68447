import type { Mask } from '../../domain/mask.ts';
import type { Volume } from '../../domain/volume.ts';
import type { FeatureEngine } from '../../ports/featureEngine.ts';
import type { SegmentationEngine } from '../../ports/segmentationEngine.ts';
import type { CoarseLevels } from '../coarseLevels.ts';
import type { LikenessMemory } from './likenessMemory.ts';

export interface ExemplarCase {
  readonly volume: Volume;
  /** By label of the set; one that is absent is not known there. */
  readonly masks: ReadonlyMap<string, Mask>;
}

/** A case that is loaded where what it looks like is not remembered: at most one of a set at once. */
export interface ExemplarSource {
  /** Equal keys mean equal pixels and masks. */
  readonly key: string;
  readonly load: (signal: AbortSignal) => Promise<ExemplarCase>;
}

export interface LikenessPorts {
  readonly engine: Pick<SegmentationEngine, 'predict'> & FeatureEngine;
  readonly levels: CoarseLevels;
  readonly memory: LikenessMemory;
}

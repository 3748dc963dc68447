import {
  adaptedTaskOf,
  appliedAdaptation,
  type AdaptationKey,
  type AdaptationScope,
  type AppliedAdaptation,
} from '../../domain/online/onlineAdaptation.ts';
import type { ModelManifest } from '../../domain/modelManifest.ts';
import type { PatientStudyAttributes } from '../../domain/volume.ts';
import type { OnlineAdaptationStore } from '../../ports/onlineAdaptationStore.ts';
import type { KeyedMutex } from '../keyedMutex.ts';
import type { PredictionPorts } from '../predictSegment.ts';

/** What learning from accepted cases works with. */
export interface OnlineLearning {
  readonly store: OnlineAdaptationStore;
  /** Whose readers this server answers. */
  readonly scope: AdaptationScope;
  /** Keyed by task: cases of one are learned one after the other. */
  readonly mutex: KeyedMutex;
  /** Equal for objects of one patient; without the key of this installation it tells nothing of who that is. */
  readonly patientKeyOf: (patient: PatientStudyAttributes) => string;
  readonly prediction: Omit<PredictionPorts, 'memo'>;
  readonly now: () => string;
}

/** Undefined for a label that names no task. */
export function adaptationKeyOf(
  scope: AdaptationScope,
  label: string,
  modality: string,
  { id, version }: ModelManifest,
): AdaptationKey | undefined {
  const task = adaptedTaskOf(label);
  return task === undefined ? undefined : { ...scope, task, modality, modelId: id, modelVersion: version };
}

/** What answers to segments of a key are fused with as things stand; undefined: the frozen model answers alone. */
export async function currentAdaptation(
  key: AdaptationKey,
  { store }: Pick<OnlineLearning, 'store'>,
): Promise<AppliedAdaptation | undefined> {
  const adaptation = await store.find(key);
  return adaptation && appliedAdaptation(adaptation);
}

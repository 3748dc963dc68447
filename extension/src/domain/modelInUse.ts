import type { Capabilities } from '@tomoclick/server/contract';
import type { PromptKind } from './promptSession.ts';

type Model = Capabilities['models'][number];

export function modelInUse(capabilities: Capabilities | null): Model | undefined {
  return capabilities?.models.find(({ isDefault }) => isDefault) ?? capabilities?.models[0];
}

/** What the model in use takes; clicks until that is known. */
export function promptKindsOf(capabilities: Capabilities | null): readonly PromptKind[] {
  return modelInUse(capabilities)?.promptKinds ?? ['point'];
}

import type { OnlineAdaptationContract } from '../contract/onlineAdaptation.ts';
import { bestGainOf, fusionOf } from '../domain/online/acceptedCases.ts';
import type { OnlineAdaptation } from '../domain/online/onlineAdaptation.ts';

/** What was learned of a task, in the words of the contract. */
export function onlineAdaptationView(adaptation: OnlineAdaptation): OnlineAdaptationContract {
  const { id, key, label, cases, createdAt, updatedAt } = adaptation;
  const best = bestGainOf(cases);
  return {
    ...{ id, label, modality: key.modality, model: { id: key.modelId, version: key.modelVersion } },
    ...{ caseCount: cases.length, state: fusionOf(cases).kind },
    heldBack: cases.flatMap(({ heldBack }) =>
      heldBack ? [{ frozen: heldBack.frozen, fused: heldBack.fused[best] }] : [],
    ),
    ...{ createdAt, updatedAt },
  };
}

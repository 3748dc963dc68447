import type { ExemplarSetContract } from '../contract/exemplarSet.ts';
import type { ExemplarSet } from '../domain/exemplarSet.ts';
import { classView } from './adaptationView.ts';

/** An exemplar set in the words of the contract. */
export function exemplarSetView(set: ExemplarSet): ExemplarSetContract {
  const { id, createdAt, title, model, modalities, classes, cases, warnings } = set;
  return {
    ...{ id, createdAt, title, model: { ...model }, modalities: [...modalities] },
    classes: classes.map(classView),
    cases: cases.map(({ series, patientKey, modality, labels }, index) => ({
      ...{ index, patientKey, ...series, modality, labels: [...labels] },
    })),
    warnings: warnings.map(warning => ({ ...warning })),
  };
}

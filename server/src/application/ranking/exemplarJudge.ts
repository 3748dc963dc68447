import { agreementOf } from '../../domain/agreement.ts';
import { Problem } from '../../domain/errors.ts';
import type { Mask } from '../../domain/mask.ts';
import { answerLike } from '../exemplars/runExemplarSet.ts';
import type { Exemplars } from '../exemplars/exemplars.ts';
import { shareOf, type Judge } from './judge.ts';

/** Parts take turns in leaving out cases: of more, each differs less from the whole set. */
const MOST_PARTS = 4;

/**
 * Compares what parts of a set find, each without some of its cases (a jackknife): nothing is trained, so that the
 * cases are all that the answer depends on.
 * @throws Problem exemplar-set-not-found, model-not-found, unsuitable-cases (a single one has no parts)
 */
export async function exemplarJudge(exemplarSetId: string, exemplars: Exemplars): Promise<Judge> {
  const set = await exemplars.sets.load(exemplarSetId);
  exemplars.workspace.zoo.get(set.model.model);
  const parts = Math.min(set.cases.length, MOST_PARTS);
  if (parts < 2) {
    throw new Problem('unsuitable-cases', 'Answers are compared of parts of the set: it needs two examples.');
  }
  const labels = set.classes.map(({ label }) => label);
  return {
    known: { as: 'example', series: set.cases.map(({ series }) => series) },
    agreements: async (series, signal, onProgress) => {
      const { volume } = await exemplars.workspace.loadVolume(series, signal);
      const answers: (readonly Mask[])[] = [];
      for (let part = 0; part < parts; part++) {
        const isAsked = (index: number): boolean => index % parts !== part;
        const progress = shareOf(part, parts, onProgress);
        answers.push(await answerLike(set, isAsked, volume, exemplars, signal, progress));
      }
      return [agreementOf('parts', labels, answers)];
    },
  };
}

import type { CaseEvidence } from './caseEvidence.ts';

/** Against one case's evidence. */
const RIDGE = 1e-3;

/**
 * What is added to a probability, for each expanded feature: the ridge solution of all cases together, by Cholesky's
 * method. The training code finds the same.
 */
export function leastSquares(cases: readonly CaseEvidence[]): Float64Array {
  const [first] = cases;
  if (!first) throw new Error('nothing to learn from');
  const size = first.moment.length;
  const solution = new Float64Array(size);
  const factor = new Float64Array(size * size);
  for (const { gram, moment } of cases) {
    for (let a = 0, at = 0; a < size; a++) {
      solution[a]! += moment[a]!;
      for (let b = a; b < size; b++) factor[b * size + a]! += gram[at++]!;
    }
  }
  for (let a = 0; a < size; a++) factor[a * size + a]! += RIDGE;
  factorise(factor, size);
  for (let a = 0; a < size; a++) {
    for (let b = 0; b < a; b++) solution[a]! -= factor[a * size + b]! * solution[b]!;
    solution[a]! /= factor[a * size + a]!;
  }
  for (let a = size - 1; a >= 0; a--) {
    for (let b = a + 1; b < size; b++) solution[a]! -= factor[b * size + a]! * solution[b]!;
    solution[a]! /= factor[a * size + a]!;
  }
  return solution;
}

/** In place: the lower triangle of a positive definite matrix becomes its Cholesky factor. */
function factorise(matrix: Float64Array, size: number): void {
  for (let a = 0; a < size; a++) {
    for (let b = 0; b <= a; b++) {
      let value = matrix[a * size + b]!;
      for (let c = 0; c < b; c++) value -= matrix[a * size + c]! * matrix[b * size + c]!;
      matrix[a * size + b] = a === b ? Math.sqrt(value) : value / matrix[b * size + b]!;
    }
  }
}

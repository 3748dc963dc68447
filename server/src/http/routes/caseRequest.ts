import type { z } from 'zod';
import type { CaseRequest } from '../../application/learning/labelledCase.ts';
import type { caseRequestSchema } from '../../contract/adaptation.ts';

/** A case as the contract names it, in the words of the application. */
export function caseOf(request: z.output<typeof caseRequestSchema>): CaseRequest {
  if (request.kind === 'workspace') return request;
  const { kind, studyInstanceUID, seriesInstanceUID, object } = request;
  return { kind, series: { studyInstanceUID, seriesInstanceUID }, object };
}

import { expect, test } from '@jest/globals';
import { claimRequestSchema, failureSchema, trainingReportSchema } from './adaptationWorker.ts';

const leaseId = '00000000-0000-4000-8000-00000000000a';

test('what a worker says of its work ends no job: what no database holds is left out of it', () => {
  const line = 'fold 1\u0000 of a\ud83e.nii';
  const report = { leaseId, phase: line, step: 1, steps: 2, line };
  const read = 'fold 1 of a\ufffd.nii';
  expect(trainingReportSchema.parse(report)).toEqual({ ...report, phase: read, line: read });
  expect(failureSchema.parse({ leaseId, reason: line })).toEqual({ leaseId, reason: read });
  expect(claimRequestSchema.parse({ worker: line, methods: ['samed'] }).worker).toBe(read);
});

test('a worker without a name is none', () => {
  expect(claimRequestSchema.safeParse({ worker: '\u0000 ', methods: ['samed'] }).success).toBe(false);
});

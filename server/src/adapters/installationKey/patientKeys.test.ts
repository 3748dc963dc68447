import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { affineFromColumns } from '../../domain/affine.ts';
import { syntheticVolume } from '../../domain/fixtures/syntheticVolume.ts';
import { patientKeys } from './patientKeys.ts';

const folder = mkdtempSync(join(tmpdir(), 'tomoclick-key-'));
afterAll(() => rmSync(folder, { recursive: true }));

const IDENTITY = affineFromColumns([1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]);
const { patientStudy } = syntheticVolume([1, 1, 1], IDENTITY, () => 0);
const keyOf = patientKeys(join(folder, 'key'));
const key = (patientID: string, studyInstanceUID = '1.2'): string =>
  keyOf({ ...patientStudy, patientID, studyInstanceUID });

test('a patient has one key, whatever the study and the blanks and the case of the id', () => {
  expect(key('p-17', '1.3')).toBe(key('p-17'));
  for (const same of [' p-17', 'p-17 ', 'P-17']) expect(key(same)).toBe(key('p-17'));
  expect(key('p-18')).not.toBe(key('p-17'));
});

test('without an id each study is a patient', () => {
  expect(key(' ')).toBe(key(''));
  expect(key('', '1.3')).not.toBe(key(''));
});

test('keys outlast the process, and tell nothing to another installation', () => {
  const { patientID, studyInstanceUID } = { patientID: 'p-17', studyInstanceUID: '1.2' };
  const who = { ...patientStudy, patientID, studyInstanceUID };
  expect(patientKeys(join(folder, 'key'))(who)).toBe(key('p-17'));
  expect(patientKeys(join(folder, 'other'))(who)).not.toBe(key('p-17'));
});

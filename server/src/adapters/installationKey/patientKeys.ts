import { createHmac, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import type { PatientStudyAttributes } from '../../domain/volume.ts';

const KEY_BYTES = 32;
/** Enough that two patients of one archive do not meet by chance. */
const DIGITS = 24;

/**
 * Stands for patients by an HMAC under a key that never leaves this installation, made at the first start.
 * @param path of the key; its folder exists
 * @returns equal texts for objects of one patient; where there is no PatientID, of one study
 */
export function patientKeys(path: string): (patient: PatientStudyAttributes) => string {
  const key = readKey(path) ?? makeKey(path);
  return ({ patientID, studyInstanceUID }) => {
    // Blanks around an LO, and its case where people type it, tell no patients apart (PS3.5 section 6.2).
    const id = patientID.trim().toUpperCase();
    const who = id === '' ? `study ${studyInstanceUID}` : `patient ${id}`;
    return createHmac('sha256', key).update(who).digest('hex').slice(0, DIGITS);
  };
}

function readKey(path: string): Buffer | undefined {
  try {
    const key = readFileSync(path);
    if (key.length === KEY_BYTES) return key;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  throw new Error(`${path} is damaged. Without it the patients of waiting jobs cannot be told apart.`);
}

function makeKey(path: string): Buffer {
  const key = randomBytes(KEY_BYTES);
  const descriptor = openSync(`${path}.new`, 'w', 0o600);
  writeSync(descriptor, key);
  fsyncSync(descriptor);
  closeSync(descriptor);
  renameSync(`${path}.new`, path);
  return key;
}

import { expect, test } from '@jest/globals';
import { uidSchema } from '../contract/identifiers.ts';
import { newUid } from './uid.ts';

test('every new UID is a valid DICOM UID below 2.25 and differs from the others', () => {
  const uids = Array.from({ length: 1000 }, newUid);
  for (const uid of uids) {
    expect(uidSchema.parse(uid)).toBe(uid);
    expect(uid).toMatch(/^2\.25\.\d{1,39}$/);
  }
  expect(new Set(uids).size).toBe(uids.length);
});

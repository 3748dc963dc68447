import { expect, test } from '@jest/globals';
import { uidSchema } from '../contract/identifiers.ts';
import { isUid, LONGEST_UID_ROOT, namedUidsUnder, newUid, uidsUnder } from './uid.ts';

test('every new UID is a valid DICOM UID below 2.25 and differs from the others', () => {
  const uids = Array.from({ length: 1000 }, newUid);
  for (const uid of uids) {
    expect(uidSchema.parse(uid)).toBe(uid);
    expect(uid).toMatch(/^2\.25\.\d{1,39}$/);
  }
  expect(new Set(uids).size).toBe(uids.length);
});

test('UIDs below the root of an organisation are valid and differ, however long it may be', () => {
  const root = `1.2.${'9'.repeat(LONGEST_UID_ROOT - 4)}`;
  const uids = Array.from({ length: 1000 }, uidsUnder(root));
  for (const uid of uids) {
    expect(uidSchema.parse(uid)).toBe(uid);
    expect(uid.startsWith(`${root}.`)).toBe(true);
  }
  expect(new Set(uids).size).toBe(uids.length);
  expect(uidsUnder(undefined)()).toMatch(/^2\.25\./);
});

test('a name has one UID, valid and of its own, under every root', async () => {
  for (const root of [undefined, `1.2.${'9'.repeat(LONGEST_UID_ROOT - 4)}`]) {
    const uids = await Promise.all(Array.from({ length: 200 }, (_, n) => namedUidsUnder(root)(`save ${n}`)));
    for (const uid of uids) expect(uidSchema.parse(uid)).toBe(uid);
    expect(uids.every(uid => uid.startsWith(`${root ?? '2.25'}.`))).toBe(true);
    expect(new Set(uids).size).toBe(uids.length);
    expect(await namedUidsUnder(root)('save 0')).toBe(uids[0]);
  }
});

test('UIDs are told from what is none as the API tells them', () => {
  const texts = [
    '1.2.840',
    '0.0',
    '2.25.7',
    '',
    '1..2',
    '1.02',
    '.1',
    '1.',
    '1.2a',
    '../1',
    '1'.repeat(64),
    '1'.repeat(65),
  ];
  const known = texts.map(text => isUid(text));
  expect(known).toEqual(texts.map(text => uidSchema.safeParse(text).success));
  expect(texts.filter((_, n) => known[n])).toEqual(['1.2.840', '0.0', '2.25.7', '1'.repeat(64)]);
});

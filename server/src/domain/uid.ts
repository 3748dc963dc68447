/** Makes a DICOM UID that nothing else has. */
export type NewUid = () => string;

/** So long may a root be that as much chance follows it as makes two equal UIDs as unlikely as can be. */
export const LONGEST_UID_ROOT = 32;
const BITS_UNDER_A_ROOT = 100n; // 31 digits

/**
 * A new DICOM UID: 2.25 and a random UUID as a decimal number (PS3.5 B.2). At most 44 characters.
 */
export const newUid: NewUid = () => `2.25.${randomNumber()}`;

/**
 * New UIDs under the root of an organisation, which answers for what follows it (PS3.5 B.1); without one below 2.25.
 * At most 64 characters.
 * @param root of at most LONGEST_UID_ROOT characters
 */
export function uidsUnder(root: string | undefined): NewUid {
  return root === undefined ? newUid : () => `${root}.${randomNumber() >> (128n - BITS_UNDER_A_ROOT)}`;
}

function randomNumber(): bigint {
  return BigInt(`0x${globalThis.crypto.randomUUID().replaceAll('-', '')}`);
}

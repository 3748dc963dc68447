/** Makes a DICOM UID that nothing else has. */
export type NewUid = () => string;

/** A DICOM UID that is the same whenever the same thing is named, and another one for every other name. */
export type NamedUid = (name: string) => Promise<string>;

const UID = /^(0|[1-9]\d*)(\.(0|[1-9]\d*))*$/;

/** Dotted decimal, at most 64 characters, no component with a leading zero (PS3.5 9.1): safe as a file name, too. */
export function isUid(text: string): boolean {
  return text.length <= 64 && UID.test(text);
}

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
  return root === undefined ? newUid : () => uidOf(randomNumber(), root);
}

/**
 * UIDs of what is the same object when it has to be made anew: of their name's SHA-256, as a UUID of version 8
 * (RFC 9562, 5.8), under the root as those of `uidsUnder`.
 */
export function namedUidsUnder(root: string | undefined): NamedUid {
  return async name => {
    const digest = await globalThis.crypto.subtle.digest('SHA-256', new TextEncoder().encode(name));
    const digits = [...new Uint8Array(digest)].map(byte => byte.toString(16).padStart(2, '0')).join('');
    const uuid = `${digits.slice(0, 12)}8${digits.slice(12, 15)}a${digits.slice(15, 30)}`;
    return uidOf(BigInt(`0x${uuid}`), root);
  };
}

function uidOf(uuid: bigint, root: string | undefined): string {
  return root === undefined ? `2.25.${uuid}` : `${root}.${uuid >> (128n - BITS_UNDER_A_ROOT)}`;
}

function randomNumber(): bigint {
  return BigInt(`0x${globalThis.crypto.randomUUID().replaceAll('-', '')}`);
}

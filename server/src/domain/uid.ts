/** A new DICOM UID, made of a random UUID. At most 44 characters. */
export function newUid(): string {
  return uidOfUuid(globalThis.crypto.randomUUID());
}

/** 2.25 and a UUID (hyphens or not) as a decimal number (PS3.5 B.2). */
export function uidOfUuid(uuid: string): string {
  return `2.25.${BigInt(`0x${uuid.replaceAll('-', '')}`)}`;
}

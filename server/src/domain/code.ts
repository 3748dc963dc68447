/** A coded concept (PS3.3 8.8). */
export interface Code {
  readonly value: string;
  readonly scheme: string;
  readonly meaning: string;
}

/** LongCodeValue has no limit; no terminology comes near to this. */
export const LONGEST_CODE_VALUE = 1024;

/** A concept of SNOMED CT. */
export function sct(value: string, meaning: string): Code {
  return { value, scheme: 'SCT', meaning };
}

/** A concept of the DICOM controlled terminology (PS3.16 annex D). */
export function dcm(value: string, meaning: string): Code {
  return { value, scheme: 'DCM', meaning };
}

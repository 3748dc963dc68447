/** A DICOM object in the study of the series. */
export interface ObjectReference {
  readonly seriesInstanceUID: string;
  readonly sopInstanceUID: string;
}

/** A DICOM segmentation in the archive, whoever wrote it. */
export interface StoredObject extends ObjectReference {
  readonly description: string;
  /** Labels of its segments. */
  readonly labels: readonly string[];
  /** `2024-02-29 10:20`, as far as it is known. */
  readonly madeAt: string;
}

/** @param date DICOM DA @param time DICOM TM */
export function madeAtOf(date: string | undefined, time: string | undefined): string {
  const [, year, month, day] = /^(\d{4})(\d{2})(\d{2})$/.exec(date?.trim() ?? '') ?? [];
  if (day === undefined) return '';
  const [, hours, minutes] = /^(\d{2})(\d{2})/.exec(time ?? '') ?? [];
  return minutes === undefined ? `${year}-${month}-${day}` : `${year}-${month}-${day} ${hours}:${minutes}`;
}

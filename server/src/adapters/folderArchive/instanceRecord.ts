import type { DicomJsonDataset } from '../../domain/dicomJson.ts';
import { Problem } from '../../domain/errors.ts';
import { isUid } from '../../domain/uid.ts';
import { MalformedDataSetError } from '../../formats/dataSetReader.ts';
import { dicomJsonInSteps } from '../../formats/dicomJson.ts';
import { readFrameLayout } from '../../formats/frameLayout.ts';
import type { Part10 } from '../../formats/part10.ts';
import { finishedInTurns } from '../../formats/steps.ts';
import type { InstanceReference } from '../../ports/dicomWebArchive.ts';

/** What the index keeps of an instance. */
export interface InstanceRecord extends InstanceReference {
  readonly dataset: DicomJsonDataset;
}

/** An object that cannot be stored, with the FailureReason of PS3.18 table I.2-2. */
export class RejectedObjectError extends Error {
  override readonly name = 'RejectedObjectError';
  constructor(
    readonly failureReason: number,
    message: string,
    readonly facts: { readonly sopClassUID?: string; readonly sopInstanceUID?: string } = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export const CANNOT_UNDERSTAND = 0xc000;
export const DATA_SET_MISMATCH = 0xa900;
export const OUT_OF_RESOURCES = 0xa700;
/** PS3.7 table C-1: another object has this SOPInstanceUID. */
export const DUPLICATE_SOP_INSTANCE = 0x0111;

/** Where the index writes a BulkDataURI it is relative to the instance. */
export const BULK_DATA_FOLDER = 'bulkdata/';

/**
 * Reads what the index needs, and makes sure that the whole instance is there, its pixel data included.
 * @throws RejectedObjectError
 */
export async function readInstanceRecord(file: Part10, byteSize: number): Promise<InstanceRecord> {
  const dataset = await finishedInTurns(dicomJsonInSteps(file, path => BULK_DATA_FOLDER + path));
  const sopClassUID = firstText(dataset, '00080016');
  const sopInstanceUID = firstText(dataset, '00080018');
  const facts = {
    ...(isUid(sopClassUID) && { sopClassUID }),
    ...(isUid(sopInstanceUID) && { sopInstanceUID }),
  };
  const studyInstanceUID = firstText(dataset, '0020000D');
  const seriesInstanceUID = firstText(dataset, '0020000E');
  if (![sopClassUID, sopInstanceUID, studyInstanceUID, seriesInstanceUID].every(isUid)) {
    throw new RejectedObjectError(
      CANNOT_UNDERSTAND,
      'SOPClassUID, SOPInstanceUID, StudyInstanceUID or SeriesInstanceUID is missing or not a UID.',
      facts,
    );
  }
  await readFrameLayout(file).catch((cause: unknown) => {
    if (cause instanceof MalformedDataSetError) {
      throw new RejectedObjectError(CANNOT_UNDERSTAND, `The object is damaged: ${cause.message}.`, facts, {
        cause,
      });
    }
    // Frames that cannot be told apart (video) are no reason to refuse an object.
    if (!(cause instanceof Problem)) throw cause;
  });
  const { transferSyntaxUID } = file;
  return {
    ...{ studyInstanceUID, seriesInstanceUID, sopInstanceUID, sopClassUID, transferSyntaxUID, byteSize },
    dataset,
  };
}

function firstText(dataset: DicomJsonDataset, tag: string): string {
  const value = dataset[tag]?.Value?.[0];
  return typeof value === 'string' ? value : '';
}

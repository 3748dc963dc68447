import type { Request, Response } from 'express';
import { Problem } from '../../domain/errors.ts';
import type { OutgoingPart } from '../../formats/multipart.ts';
import type { ArchiveScope, DicomWebArchive, InstanceReference } from '../../ports/dicomWebArchive.ts';
import { acceptedMediaTypes, takes, type AcceptedMediaType } from './acceptedMediaTypes.ts';
import { sendMultipart, sendStream } from './sendMultipart.ts';

/**
 * Sends the files of a study, series or instance as they are stored (PS3.18 10.4.1): multipart, or one instance by
 * itself as application/dicom. Nothing is transcoded.
 * @throws Problem not-found, not-acceptable
 */
export async function retrieveInstances(
  archive: DicomWebArchive,
  scope: ArchiveScope,
  request: Request,
  response: Response,
): Promise<void> {
  const instances = await archive.instances(scope);
  const choice = acceptedMediaTypes(request).find(accepted => fits(accepted, instances));
  if (!choice) {
    throw new Problem(
      'not-acceptable',
      'Accept multipart/related; type="application/dicom"; transfer-syntax=*: files are sent as they are stored.',
      { transferSyntaxes: [...new Set(instances.map(instance => instance.transferSyntaxUID))] },
    );
  }
  const [first] = instances;
  if (first && !choice.isMultipart && choice.type !== '*/*') {
    response.status(200).set({
      'Content-Type': `application/dicom; transfer-syntax=${first.transferSyntaxUID}`,
      'Content-Length': String(first.byteSize),
    });
    return sendStream(response, archive.read(first));
  }
  return sendMultipart(response, 'application/dicom', parts(archive, instances));
}

function fits(accepted: AcceptedMediaType, instances: readonly InstanceReference[]): boolean {
  const isAlone = !accepted.isMultipart && accepted.type !== '*/*';
  if (!takes(accepted.type, 'application/dicom') || (isAlone && instances.length > 1)) return false;
  const { transferSyntax = '*' } = accepted;
  return transferSyntax === '*' || instances.every(instance => instance.transferSyntaxUID === transferSyntax);
}

function* parts(archive: DicomWebArchive, instances: readonly InstanceReference[]): Generator<OutgoingPart> {
  for (const instance of instances) {
    yield {
      headers: {
        'Content-Type': `application/dicom; transfer-syntax=${instance.transferSyntaxUID}`,
        'Content-Length': String(instance.byteSize),
      },
      body: archive.read(instance),
    };
  }
}

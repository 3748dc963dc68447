import type { Request, Response } from 'express';
import type { DicomJsonDataset } from '../../domain/dicomJson.ts';
import { Problem } from '../../domain/errors.ts';
import { parseMediaType } from '../../formats/mediaType.ts';
import { boundaryOf, parseMultipart } from '../../formats/multipart.ts';
import type { DicomWebArchive, StoreOutcome } from '../../ports/dicomWebArchive.ts';
import { clientSignal } from '../clientSignal.ts';

const PART10 = 'application/dicom';

/**
 * Stores the parts of a request as they arrive (PS3.18 10.5): 200 when all are stored, 202 when some are, 409 when
 * none is; the body says what became of each.
 * @throws Problem unsupported-media-type, invalid-request
 */
export async function storeInstances(
  archive: DicomWebArchive,
  studyInstanceUID: string | undefined,
  rootUri: string,
  request: Request,
  response: Response,
): Promise<void> {
  const objects = part10Bodies(request);
  const outcomes: StoreOutcome[] = [];
  for await (const outcome of archive.storeInstances(objects, studyInstanceUID, clientSignal(response))) {
    outcomes.push(outcome);
  }
  if (outcomes.length === 0) throw new Problem('invalid-request', 'Send at least one part.');
  const failures = outcomes.filter(outcome => outcome.kind === 'failed').length;
  response
    .status(failures === 0 ? 200 : failures < outcomes.length ? 202 : 409)
    .set('Content-Type', 'application/dicom+json')
    .send(JSON.stringify(storeResponse(outcomes, rootUri)));
}

function part10Bodies(request: Request): AsyncIterable<AsyncIterable<Uint8Array>> {
  const contentType = request.get('Content-Type') ?? '';
  const boundary = boundaryOf(contentType);
  const type = parseMediaType(contentType)?.parameters.get('type');
  if (type !== undefined && type.toLowerCase() !== PART10) {
    throw new Problem('unsupported-media-type', `Send parts of type ${PART10}.`, { type });
  }
  return bodies(request, boundary);
}

async function* bodies(
  request: Request,
  boundary: string,
): AsyncGenerator<AsyncIterable<Uint8Array>, void, undefined> {
  for await (const part of parseMultipart(request, boundary)) {
    const type = parseMediaType(part.headers.get('content-type') ?? PART10)?.type;
    if (type !== PART10)
      throw new Problem('unsupported-media-type', `Send parts of type ${PART10}.`, { type });
    yield part.body;
  }
}

/** The Store Instances Response Module (PS3.18 annex I.2). */
function storeResponse(outcomes: readonly StoreOutcome[], rootUri: string): DicomJsonDataset {
  const stored = outcomes.flatMap(outcome => (outcome.kind === 'stored' ? [outcome.instance] : []));
  const failed = outcomes.flatMap(outcome => (outcome.kind === 'failed' ? [outcome] : []));
  const named = failed.filter(({ sopInstanceUID }) => sopInstanceUID !== undefined);
  const nameless = failed.filter(({ sopInstanceUID }) => sopInstanceUID === undefined);
  const studies = [...new Set(stored.map(instance => instance.studyInstanceUID))];
  return {
    ...(studies.length === 1 && {
      '00081190': { vr: 'UR', Value: [`${rootUri}/studies/${studies[0]}`] },
    }),
    ...(named.length > 0 && {
      '00081198': {
        vr: 'SQ',
        Value: named.map(({ sopClassUID, sopInstanceUID, failureReason }) => ({
          '00081150': uid(sopClassUID),
          '00081155': uid(sopInstanceUID),
          '00081197': { vr: 'US', Value: [failureReason] },
        })),
      },
    }),
    ...(stored.length > 0 && {
      '00081199': {
        vr: 'SQ',
        Value: stored.map(instance => ({
          '00081150': uid(instance.sopClassUID),
          '00081155': uid(instance.sopInstanceUID),
          '00081190': {
            vr: 'UR',
            Value: [
              `${rootUri}/studies/${instance.studyInstanceUID}/series/${instance.seriesInstanceUID}` +
                `/instances/${instance.sopInstanceUID}`,
            ],
          },
        })),
      },
    }),
    // Objects that do not even name themselves (OtherFailuresSequence).
    ...(nameless.length > 0 && {
      '0008119A': {
        vr: 'SQ',
        Value: nameless.map(({ failureReason }) => ({ '00081197': { vr: 'US', Value: [failureReason] } })),
      },
    }),
  };
}

function uid(value: string | undefined): { readonly vr: string; readonly Value?: readonly string[] } {
  return value === undefined ? { vr: 'UI' } : { vr: 'UI', Value: [value] };
}

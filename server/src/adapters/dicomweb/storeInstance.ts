import { z } from 'zod';
import { Problem } from '../../domain/errors.ts';
import { multipartContentType, newBoundary, writeMultipart } from '../../formats/multipart.ts';
import { textOf, type ArchiveHttp } from './archiveHttp.ts';

/** Failure reasons of a store transaction (PS3.18 table I.2-2), for people. */
const FAILURE_REASONS: Readonly<Record<number, string>> = {
  0x0110: 'processing failure',
  0x0111: 'duplicate SOP instance',
  0x0122: 'SOP class not supported',
  0x0124: 'not authorised',
  0xa700: 'out of resources',
  0xa900: 'data set does not match SOP class',
  0xc000: 'cannot understand',
  0xc122: 'transfer syntax not supported',
};

/** PS3.7 C.5.3: the archive has the instance already. */
const DUPLICATE = textOfReason(0x0111);

/** FailedSOPSequence, OtherFailuresSequence and, in their items, FailureReason (PS3.18 I.2). */
const FAILURES = ['00081198', '0008119A'];
const itemSchema = z.object({ '00081197': z.object({ Value: z.array(z.number()) }) });
const HTML = /^\s*<(!doctype html|html)\b/i;

/**
 * Stores one Part 10 object in its study (STOW-RS, PS3.18 10.5); one that the archive has is stored.
 * @throws Problem archive-rejected with the reason, archive-unreachable, archive-timeout, cancelled
 */
export async function storeInstance(
  http: ArchiveHttp,
  studyInstanceUID: string,
  part10: Uint8Array,
  signal: AbortSignal,
): Promise<void> {
  const boundary = newBoundary();
  const part = { headers: { 'Content-Type': 'application/dicom' }, body: part10 };
  const chunks: Uint8Array[] = [];
  for await (const chunk of writeMultipart([part], boundary)) chunks.push(chunk);
  // In one piece, so that its length is known: not every archive takes chunked requests.
  const reply = await http.post(
    `/studies/${studyInstanceUID}`,
    Buffer.concat(chunks),
    {
      'Content-Type': multipartContentType('application/dicom', boundary),
      Accept: 'application/dicom+json',
    },
    signal,
  );
  const failure = failureIn(await textOf(reply));
  const { status } = reply;
  if (status < 300 && failure === undefined) return;
  // What is stored has its UIDs from its content: the answer to an earlier attempt was lost.
  if (failure === DUPLICATE) return;
  if ([502, 503, 504].includes(status)) {
    throw new Problem('archive-unreachable', 'The archive is busy; save again.', { archiveStatus: status });
  }
  throw new Problem('archive-rejected', 'The archive did not store the segmentation.', {
    archiveStatus: status,
    ...(failure !== undefined && { failureReason: failure }),
  });
}

/**
 * The reason of the gravest failure in a store response; `undefined` when nothing failed.
 * Archives answer 200 even where they stored nothing, and some in XML whatever was asked for. What names a failure is
 * one, whatever it looks like: a save that is taken for done is lost.
 */
function failureIn(text: string): string | undefined {
  // Of a proxy that wants somebody to sign in.
  if (HTML.test(text)) return 'a page for browsers came back';
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return /tag="0008119[8a]"[^>]*>\s*<Item/i.test(text) ? 'not stored' : undefined;
  }
  const reasons = [json].flat().flatMap(failuresIn).map(reasonOf);
  return reasons.find(reason => reason !== DUPLICATE) ?? reasons[0];
}

function reasonOf(failed: unknown): string {
  const code = itemSchema.safeParse(failed).data?.['00081197'].Value[0];
  if (code === undefined) return 'not stored';
  return textOfReason(code);
}

function textOfReason(code: number): string {
  const meaning = FAILURE_REASONS[code] ?? 'unknown reason';
  return `${meaning} (${code.toString(16).toUpperCase().padStart(4, '0')}H)`;
}

/** Items of the sequences of failures. */
function failuresIn(dataset: unknown): readonly unknown[] {
  if (dataset === null || typeof dataset !== 'object') return [];
  return Object.entries(dataset).flatMap(([tag, sequence]: [string, unknown]) => {
    if (!FAILURES.includes(tag.toUpperCase()) || sequence === null || typeof sequence !== 'object') return [];
    const items: unknown = 'Value' in sequence ? sequence.Value : sequence;
    return Array.isArray(items) ? (items as readonly unknown[]) : [];
  });
}

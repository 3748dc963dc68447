import { NoAnswer, NoAnswerInTime } from '../../domain/failure.ts';

/** How long the server is waited for. */
export interface Patience {
  /** What it only has to look up. */
  readonly lookUpMs: number;
  /** What may need images first, or waits for what others have asked for: longer than the model may be silent there. */
  readonly workMs: number;
  /** For the next piece of an answer that has begun. */
  readonly pieceMs: number;
  /** For each of the cases that are looked at one after the other, on top of that: some PACS take so long for a series. */
  readonly caseMs: number;
}

export const PATIENCE: Patience = { lookUpMs: 30_000, workMs: 240_000, pieceMs: 30_000, caseMs: 30_000 };

const NO_CONTENT: ReadonlySet<number> = new Set([204, 205, 304]);

/** What the answer to a request waits for, by which it is known how long is too long. */
export type Wait = 'look-up' | 'work';

/** Reading is quick where it needs no images. */
export function waitOf(method: string): Wait {
  return method === 'GET' ? 'look-up' : 'work';
}

/**
 * Asks, and waits so long for the answer to begin, then for each piece of it.
 * @throws NoAnswer | NoAnswerInTime, from what reads the body, too
 */
export async function patientFetch(
  fetchFunction: typeof fetch,
  url: string,
  request: Omit<RequestInit, 'signal'>,
  wait: Wait,
  { lookUpMs, workMs, pieceMs }: Omit<Patience, 'caseMs'>,
): Promise<Response> {
  const giving = new AbortController();
  const what = `${request.method ?? 'GET'} ${url}`;
  const waited = <Value>(value: Promise<Value>, ms: number): Promise<Value> =>
    within(value, ms, what, () => giving.abort());
  const response = await waited(
    fetchFunction(url, { ...request, signal: giving.signal }),
    wait === 'look-up' ? lookUpMs : workMs,
  );
  // Chromium gives what has no content a body all the same, which none can be made of again.
  if (!response.body || NO_CONTENT.has(response.status)) return response;
  const reader = response.body.getReader();
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const { done, value } = await waited(reader.read(), pieceMs);
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: reason => reader.cancel(reason),
  });
  const { status, statusText, headers } = response;
  return new Response(body, { status, statusText, headers });
}

/** @param giveUp ends what is waited for */
async function within<Value>(
  value: Promise<Value>,
  ms: number,
  what: string,
  giveUp: () => void,
): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new NoAnswerInTime(what));
      giveUp();
    }, ms);
  });
  try {
    return await Promise.race([value, late]);
  } catch (cause) {
    throw cause instanceof NoAnswer ? cause : new NoAnswer(what, { cause });
  } finally {
    clearTimeout(timer);
  }
}

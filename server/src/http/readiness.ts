import { Problem } from '../domain/errors.ts';
import type { PartReadiness } from './services.ts';

/** How long a part may take to say that it is there. */
const CHECK_TIMEOUT_MS = 5000;

/** Asks a part whether it works; a Problem says why not. */
export async function checkPart(
  part: string,
  check: (signal: AbortSignal) => Promise<unknown>,
): Promise<PartReadiness> {
  try {
    await check(AbortSignal.timeout(CHECK_TIMEOUT_MS));
    return { part, ready: true };
  } catch (error) {
    return { part, ready: false, detail: error instanceof Problem ? error.detail : 'It does not answer.' };
  }
}

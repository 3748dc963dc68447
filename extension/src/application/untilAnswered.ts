/** A server that starts is there within seconds. */
const ASKED_AGAIN_MS = 5000;

/** What is asked once, whenever it is answered; undefined once nobody wants it any more. */
export async function untilAnswered<Answer>(
  ask: () => Promise<Answer>,
  delay: (ms: number) => Promise<void>,
  isWanted: () => boolean,
): Promise<Answer | undefined> {
  while (isWanted()) {
    try {
      const answer = await ask();
      return isWanted() ? answer : undefined;
    } catch {
      await delay(ASKED_AGAIN_MS);
    }
  }
  return undefined;
}

/** What work that can be done in turns comes to. */
export function atOnce<Result>(work: Generator<undefined, Result>): Result {
  let turn = work.next();
  while (turn.done !== true) turn = work.next();
  return turn.value;
}

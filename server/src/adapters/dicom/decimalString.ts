const MAX_CHARACTERS = 16;

/**
 * DS value (PS3.5 6.2): the shortest text that reads back the same, or, where that is longer than the 16
 * characters allowed, as many digits as fit (for |value| < 10 000 the error is below 1e-10).
 * @throws RangeError when it is not finite
 */
export function decimalString(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`${value} is no decimal string`);
  let text = String(value);
  for (let digits = MAX_CHARACTERS; text.length > MAX_CHARACTERS; digits--) {
    text = String(Number(value.toPrecision(digits)));
  }
  return text;
}

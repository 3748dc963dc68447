const DATE = /^(\d{4})[.-]?(\d{2})[.-]?(\d{2})$/;
const TIME = /^(\d{2}):?(\d{2})?:?(\d{2})?(\.\d{1,6})?$/;
/** With the offset from UTC left off: times of one scan are told by one clock. */
const DATE_TIME = /^(\d{8})(\d{2}[\d.]*)(?:[+-]\d{4})?$/;

/**
 * DA and TM values (PS3.5 6.2) on one scale, in ms of local time; only differences mean something.
 * `undefined` where either is missing or is none.
 */
export function dateTimeMs(date: string, time: string): number | undefined {
  const day = DATE.exec(date.trim());
  const clock = TIME.exec(time.trim());
  if (!day || !clock) return undefined;
  const [hours = 0, minutes = 0, seconds = 0, fraction = 0] = clock.slice(1).map(part => Number(part ?? 0));
  const dayMs = Date.UTC(Number(day[1]), Number(day[2]) - 1, Number(day[3]));
  return dayMs + ((hours * 60 + minutes) * 60 + seconds + fraction) * 1000;
}

/** A DT value on the scale of `dateTimeMs`. */
export function dtMs(value: string): number | undefined {
  const parts = DATE_TIME.exec(value.trim());
  return parts ? dateTimeMs(parts[1] ?? '', parts[2] ?? '') : undefined;
}

const DATE = /^(\d{4})[.-]?(\d{2})[.-]?(\d{2})$/;
const TIME = /^(\d{2}):?(\d{2})?:?(\d{2})?(\.\d{1,6})?$/;
const UTC_OFFSET = /([+-])(\d{2})(\d{2})$/;
const DATE_TIME = /^(\d{8})(\d{2}[\d.]*)([+-]\d{4})?$/;

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

/** A DA value without the separators of older writers (PS3.5 6.2); what is no date stays as it is. */
export function plainDate(date: string): string {
  return DATE.exec(date.trim())?.slice(1).join('') ?? date;
}

/** The same for a TM value. */
export function plainTime(time: string): string {
  return (
    TIME.exec(time.trim())
      ?.slice(1)
      .map(part => part ?? '')
      .join('') ?? time
  );
}

/**
 * A DT value on the scale of `dateTimeMs`. A value that tells its offset from UTC is brought onto the clock of the zone
 * (PS3.5 6.2); where either is not told, both are taken for one clock's.
 * @param zone that the other times are told in, such as `+0100` (TimezoneOffsetFromUTC, PS3.3 C.12.1.1.8)
 */
export function dtMs(value: string, zone: string): number | undefined {
  const parts = DATE_TIME.exec(value.trim());
  const clockMs = parts ? dateTimeMs(parts[1] ?? '', parts[2] ?? '') : undefined;
  if (clockMs === undefined) return undefined;
  const [own, other] = [utcOffsetMs(value), utcOffsetMs(zone)];
  return own === undefined || other === undefined ? clockMs : clockMs - own + other;
}

/** The offset from UTC that a DT value ends in; empty where it tells none. */
export function zoneOf(value: string): string {
  return DATE_TIME.exec(value.trim())?.[3] ?? '';
}

function utcOffsetMs(text: string): number | undefined {
  const parts = UTC_OFFSET.exec(text.trim());
  if (!parts) return undefined;
  const minutes = Number(parts[2]) * 60 + Number(parts[3]);
  return (parts[1] === '-' ? -minutes : minutes) * 60_000;
}

/**
 * DA, TM and offset from UTC (`+0100`) of a moment, in the zone of this machine: TimezoneOffsetFromUTC speaks for
 * every date and time in an object, so for those of the study too, which are local.
 */
export function localTime(moment: Date): { date: string; time: string; offset: string } {
  const two = (value: number): string => String(value).padStart(2, '0');
  const minutes = -moment.getTimezoneOffset();
  const distance = Math.abs(minutes);
  return {
    date: `${moment.getFullYear()}${two(moment.getMonth() + 1)}${two(moment.getDate())}`,
    time: `${two(moment.getHours())}${two(moment.getMinutes())}${two(moment.getSeconds())}`,
    offset: `${minutes < 0 ? '-' : '+'}${two(Math.floor(distance / 60))}${two(distance % 60)}`,
  };
}

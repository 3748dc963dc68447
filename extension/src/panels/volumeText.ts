/** Millilitres with as many digits as mean something at that size. */
export function volumeText(volumeMl: number): string {
  if (volumeMl === 0) return '–';
  if (volumeMl < 10) return `${volumeMl.toFixed(2)} ml`;
  if (volumeMl < 100) return `${volumeMl.toFixed(1)} ml`;
  return `${Math.round(volumeMl)} ml`;
}

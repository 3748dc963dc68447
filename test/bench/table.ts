/** One line of the bench: what was measured and, where there is one, the aim that it is held to (at most). */
export interface Measure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly aim?: number;
  readonly note?: string;
}

export function verdict({ value, aim }: Measure): 'pass' | 'miss' | '' {
  if (aim === undefined) return '';
  return value <= aim ? 'pass' : 'miss';
}

export function tableOf(measures: readonly Measure[]): string {
  const rows = measures.map(measure => [
    measure.name,
    `${shown(measure.value)} ${measure.unit}`,
    measure.aim === undefined ? '' : `≤ ${measure.aim} ${measure.unit}`,
    verdict(measure),
    measure.note ?? '',
  ]);
  const all = [['measure', 'value', 'aim', '', 'note'], ...rows];
  const widths = [0, 1, 2, 3].map(column => Math.max(...all.map(row => (row[column] ?? '').length)));
  return all
    .map(row => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
    .map(line => line.trimEnd())
    .join('\n');
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Linear between neighbours; NaN for none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const low = sorted[Math.floor(at)] ?? NaN;
  const high = sorted[Math.ceil(at)] ?? NaN;
  return low + (high - low) * (at - Math.floor(at));
}

function shown(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

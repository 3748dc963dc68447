import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { StructureResult } from './accuracy.ts';
import { tableOf, verdict, type Measure } from './table.ts';

export interface Findings {
  /** Of the machine when the bench began (1 min average). */
  readonly load: number;
  readonly measures: Measure[];
  readonly accuracy: StructureResult[];
}

export function shownDice({ diceByClick }: StructureResult): string {
  return diceByClick.map(d => d.toFixed(2)).join(' ');
}

/** Prints the findings and writes them as JSON to a file of that name in a folder. */
export function report({ load, measures, accuracy }: Findings, folder: string, name: string): void {
  console.log(`\n${tableOf(measures)}`);
  if (accuracy.length > 0)
    console.log('\nDice on the demo study after each click, and volume after the first:');
  for (const result of accuracy) {
    const volume = `${(result.volumesMl[0] ?? 0).toFixed(1)} ml`;
    console.log(`  ${result.structure.name.padEnd(26)} ${shownDice(result).padEnd(16)} ${volume}`);
  }
  mkdirSync(folder, { recursive: true });
  const findings = {
    date: new Date().toISOString(),
    ...{ cores: availableParallelism(), load, node: process.version },
    measures: measures.map(measure => ({ ...measure, verdict: verdict(measure) })),
    accuracy: accuracy.map(({ structure, diceByClick, volumesMl }) => ({
      ...{ structure: structure.name, kind: structure.kind, diceByClick, volumesMl },
    })),
  };
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(findings, undefined, 2)}\n`);
}

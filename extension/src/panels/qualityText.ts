import type { TaskContract } from '@tomoclick/server/contract';

/** What may be expected of a task, in a line. */
export function qualityText({ perClass, patients }: TaskContract['quality']): string {
  const classes = perClass.map(({ label, dice, ci95 }) => {
    if (dice === null) return `${label}: not measured`;
    const interval = ci95 ? ` (${ci95[0].toFixed(2)}–${ci95[1].toFixed(2)})` : '';
    return `${label}: Dice ${dice.toFixed(2)}${interval}`;
  });
  return `${classes.join(', ')}; ${patients} held-back patients`;
}

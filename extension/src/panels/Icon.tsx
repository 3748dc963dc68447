import type { ReactElement } from 'react';

/** Strokes on a grid of 16 × 16. */
const PATHS = {
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  undo: 'M6 3 2.5 6.5 6 10M2.5 6.5H10a3.5 3.5 0 0 1 0 7H7',
  redo: 'M10 3l3.5 3.5L10 10M13.5 6.5H6a3.5 3.5 0 0 0 0 7h3',
  clear: 'M4 4l8 8M12 4l-8 8',
  bin: 'M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.5 8.5h6l.5-8.5M7 7v3.5M9 7v3.5',
  save: 'M8 2.5v7M5 6.5l3 3 3-3M2.5 11v2.5h11V11',
  tick: 'M3 8.5 6.5 12 13 4.5',
  point: 'M8 2.5v3M8 10.5v3M2.5 8h3M10.5 8h3M8 7.9v.2',
  box: 'M3 4h10v8H3z',
  smaller:
    'M8 6.5a1.5 1.5 0 1 0 0 3 1.5 1.5 0 1 0 0-3M2.5 2.5 5 5M13.5 13.5 11 11M13.5 2.5 11 5M2.5 13.5 5 11',
  larger: 'M8 4a4 4 0 1 0 0 8 4 4 0 1 0 0-8M2.5 5.5v-3h3M13.5 10.5v3h-3',
  scribble: 'M2.5 11c2-6 4-8 5-6s-2 6 .5 6.5 3.5-5 5.5-3.5',
  lasso: 'M8 3c3.5 0 5.5 1.5 5.5 3.7S11 10.5 8 10.5 2.5 9 2.5 6.7 4.5 3 8 3M5.5 10l-1 3.5',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }): ReactElement {
  return (
    <svg className="tomoclick-icon" viewBox="0 0 16 16" aria-hidden>
      <path d={PATHS[name]} />
    </svg>
  );
}

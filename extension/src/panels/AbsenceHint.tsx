import type { ReactElement } from 'react';
import type { Absence } from '../tomoclick.ts';

const HINTS: Readonly<Record<Absence, string>> = {
  'none-chosen': 'Choose a CT, MR or PET series to begin.',
  'no-volume': 'These images do not form a volume. Choose a CT, MR or PET series of parallel slices.',
};

/** Why there is nothing to segment, and what to do. */
export function AbsenceHint({ absence }: { readonly absence: Absence }): ReactElement {
  return <p className="tomoclick-hint">{HINTS[absence]}</p>;
}

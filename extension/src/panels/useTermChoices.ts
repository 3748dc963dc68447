import { useEffect, useState } from 'react';
import type { TermChoice } from '../domain/termChoice.ts';

export type FindTerms = (query: string) => Promise<readonly TermChoice[]>;

/** Nobody types so fast that each letter is worth a request. */
const TYPING_MS = 120;
const NONE: readonly TermChoice[] = [];

/** The coded terms for what is typed; none while `query` is null, and none where the server cannot say. */
export function useTermChoices(query: string | null, findTerms: FindTerms): readonly TermChoice[] {
  const [found, setFound] = useState({ query, choices: NONE });
  useEffect(() => {
    if (query === null) return undefined;
    let isWanted = true;
    const timer = setTimeout(() => {
      findTerms(query).then(
        choices => isWanted && setFound({ query, choices }),
        // A name can be typed without.
        () => isWanted && setFound({ query, choices: NONE }),
      );
    }, TYPING_MS);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [query, findTerms]);
  return query !== null && found.query === query ? found.choices : NONE;
}

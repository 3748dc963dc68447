import { describe, expect, test } from '@jest/globals';
import { renderToStaticMarkup } from 'react-dom/server';
import { newSession, withSegment, type PromptSession } from '../domain/promptSession.ts';
import { AdaptationNote } from './AdaptationNote.tsx';

const RUNNER = { setAdaptive: () => undefined, forgetAdaptation: () => undefined };

function shown(caseCount: number | null, change: Partial<PromptSession> = {}): string {
  const adaptation = caseCount === null ? null : { adaptationId: 'a', label: 'Liver', caseCount };
  const session = { ...withSegment(newSession('key'), 'key', { adaptation }), ...change };
  return renderToStaticMarkup(<AdaptationNote session={session} runner={RUNNER} />);
}

describe('the note on adapted answers', () => {
  test('names the cases that had their say, and lets them be forgotten', () => {
    expect(shown(4)).toContain('Adapted to 4 accepted cases of Liver.');
    expect(shown(1)).toContain('Adapted to 1 accepted case of Liver.');
    expect(shown(4)).toContain('tomoclick-forget');
  });

  test('is absent where the model answered alone, unless it was told to', () => {
    expect(shown(null)).toBe('');
    const off = shown(null, { isAdaptive: false });
    expect(off).toContain('The model answers alone.');
    expect(off).not.toContain('checked=""');
  });

  test('says what is forgotten, once', () => {
    const words = shown(4, { forgottenAdaptationId: 'a' });
    expect(words).toContain('The accepted cases of Liver are forgotten.');
    expect(words).not.toContain('tomoclick-forget');
    expect(shown(4, { forgottenAdaptationId: 'another' })).toContain('Adapted to 4');
  });
});

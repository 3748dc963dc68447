import { describe, expect, test } from '@jest/globals';
import { renderToStaticMarkup } from 'react-dom/server';
import { newSession, type PromptSession } from '../domain/promptSession.ts';
import { SessionStatus } from './SessionStatus.tsx';

const ACTIONS = { retry: () => undefined, dismiss: () => undefined };

function shown(change: Partial<PromptSession>): string {
  const session = { ...newSession('key'), ...change };
  return renderToStaticMarkup(<SessionStatus session={session} runner={ACTIONS} />);
}

describe('the status of a session', () => {
  test('says which size was not found, and that nothing changed', () => {
    expect(shown({ missingSize: 'larger' })).toContain('No larger structure found here');
    expect(shown({ missingSize: 'smaller' })).toContain('No smaller structure found here');
    expect(shown({})).not.toContain('found');
  });

  test('reads aloud what is being waited for once, not the seconds', () => {
    const words = shown({ queue: [{ kind: 'save' }], runningSinceMs: Date.now() - 5000 });
    expect(words).toContain('Saving to the PACS');
    expect(words).toMatch(/<span aria-hidden="true">[^<]*5\.\d s/);
  });

  test('says what failed and what to do about it', () => {
    const failure = { title: 'Outside', detail: 'Click inside.', retriable: false };
    const words = shown({ failure, queue: [{ kind: 'save' }, { kind: 'save' }] });
    for (const part of ['Outside', 'Click inside.', '1 further step waits.', 'Dismiss']) {
      expect(words).toContain(part);
    }
    expect(words).not.toContain('Retry');
    expect(shown({ failure: { ...failure, retriable: true } })).toContain('Retry');
  });
});

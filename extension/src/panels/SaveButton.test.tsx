import { describe, expect, test } from '@jest/globals';
import { renderToStaticMarkup } from 'react-dom/server';
import {
  newSession,
  withAction,
  withFailure,
  withSegment,
  type Action,
  type PromptSession,
} from '../domain/promptSession.ts';
import { SaveButton } from './SaveButton.tsx';

const SAVED: PromptSession = {
  ...withSegment(newSession('a'), 'a', { segmentNumber: 1, volumeMl: 2 }),
  ...{ segmentationId: 'id', version: 4, savedVersion: 3 },
};
const CLICK: Action = {
  ...{ kind: 'prompt', segmentKey: 'a', promptId: '1' },
  prompt: { kind: 'point', pointLps: [1, 2, 3], polarity: 'include' },
};
const AWAY = { title: 'The Tomoclick server does not answer', detail: 'Retry.', retriable: true };

function shown(session: PromptSession): { readonly text: string; readonly isDisabled: boolean } {
  const markup = renderToStaticMarkup(<SaveButton session={session} onSave={() => undefined} />);
  return { text: markup.replace(/<[^>]*>/g, '').trim(), isDisabled: markup.includes('disabled=""') };
}

describe('the button that saves', () => {
  test('says that all is saved, and has nothing to do then', () => {
    expect(shown(SAVED)).toEqual({ text: 'Saved to PACS', isDisabled: true });
    expect(shown({ ...SAVED, version: 5 })).toEqual({ text: 'Save to PACS', isDisabled: false });
  });

  test('does not say so while a click is on its way, or waits because it failed', () => {
    const clicked = withAction(SAVED, CLICK);
    expect(shown(clicked)).toEqual({ text: 'Save to PACS', isDisabled: false });
    expect(shown(withFailure(clicked, AWAY))).toEqual({ text: 'Save to PACS', isDisabled: false });
    expect(shown(withAction(SAVED, { kind: 'check', isQuiet: true })).text).toBe('Saved to PACS');
  });

  test('does not say that it saves while that waits for the reader to retry', () => {
    const saving = withAction({ ...SAVED, version: 5 }, { kind: 'save' });
    expect(shown(saving)).toEqual({ text: 'Saving …', isDisabled: true });
    expect(shown(withFailure(saving, AWAY))).toEqual({ text: 'Not saved yet', isDisabled: true });
  });
});

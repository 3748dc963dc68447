import { describe, expect, test } from '@jest/globals';
import { renderToStaticMarkup } from 'react-dom/server';
import type { PromptKind } from '../domain/promptSession.ts';
import { DrawingSwitch } from './DrawingSwitch.tsx';
import { PolaritySwitch } from './PolaritySwitch.tsx';

const nothing = (): void => undefined;

/** The buttons by name, with whether each is chosen. */
function buttonsOf(markup: string): Record<string, boolean> {
  const buttons = [...markup.matchAll(/<button[^>]*>/g)].map(([button]) => {
    const [, name = ''] = /data-cy="([^"]*)"/.exec(button) ?? [];
    return [name, button.includes('aria-pressed="true"')] as const;
  });
  return Object.fromEntries(buttons);
}

describe('a row of buttons of which one is chosen', () => {
  test('shows which one is chosen', () => {
    const markup = renderToStaticMarkup(<PolaritySwitch polarity="exclude" onChange={nothing} />);
    expect(buttonsOf(markup)).toEqual({
      'tomoclick-polarity-include': false,
      'tomoclick-polarity-exclude': true,
    });
    expect(markup).toContain('role="group" aria-label="What a click does"');
  });

  test('offers to draw what the model takes, and nothing where there is no choice', () => {
    const shown = (offered: readonly PromptKind[]): string =>
      renderToStaticMarkup(<DrawingSwitch drawing="point" offered={offered} onChange={nothing} />);
    expect(buttonsOf(shown(['point', 'lasso', 'size']))).toEqual({
      'tomoclick-draw-point': true,
      'tomoclick-draw-lasso': false,
    });
    expect(shown(['point', 'size'])).toBe('');
  });
});

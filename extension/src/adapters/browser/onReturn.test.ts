import { expect, test } from '@jest/globals';
import { onReturn } from './onReturn.ts';

test('tells of a page that is seen or used again, not of one that is left, until it ends', () => {
  const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  const window = new EventTarget();
  let returns = 0;
  const end = onReturn(page, window, () => (returns += 1));
  const becomes = (state: string): void => {
    page.visibilityState = state;
    page.dispatchEvent(new Event('visibilitychange'));
  };
  becomes('hidden');
  expect(returns).toBe(0);
  becomes('visible');
  window.dispatchEvent(new Event('focus'));
  expect(returns).toBe(2);
  end();
  becomes('visible');
  window.dispatchEvent(new Event('focus'));
  expect(returns).toBe(2);
});

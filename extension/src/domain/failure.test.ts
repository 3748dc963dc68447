import { describe, expect, test } from '@jest/globals';
import { failureOf, failureOfSession, NoAnswer, NotPossible, RefusedByServer } from './failure.ts';

describe('what the reader is told of a failure', () => {
  test('is what to do first, where something cannot be done yet; trying again would not help', () => {
    expect(failureOf(new NotPossible('There is nothing to save yet: click a structure first.'))).toEqual({
      ...{ title: 'This cannot be done now', retriable: false },
      detail: 'There is nothing to save yet: click a structure first.',
    });
  });

  test('is that clicks wait, where the server does not answer to them', () => {
    const error = new NoAnswer('gone');
    expect(failureOfSession(error)).toMatchObject({ title: failureOf(error).title, retriable: true });
    expect(failureOfSession(error).detail).toContain('your clicks wait here');
    expect(failureOf(error).detail).not.toContain('click');
    expect(failureOfSession(new NotPossible('No.'))).toEqual(failureOf(new NotPossible('No.')));
  });

  test('is how a new segmentation is begun, where the images of the present one have changed', () => {
    const error = new RefusedByServer(409, 'series-changed', 'Changed', 'Begin a new one.');
    expect(failureOfSession(error).detail).toMatch(/^Begin a new one\. .*reload the page/);
    expect(failureOf(error).detail).toBe('Begin a new one.');
  });

  test.each([
    [409, true],
    [422, false],
    [500, true],
    [503, true],
  ])('is what the server says: %d', (status, retriable) => {
    const error = new RefusedByServer(status, 'code', 'Title', 'Do this.', 'r');
    expect(failureOf(error)).toEqual({ title: 'Title', detail: 'Do this.', retriable, requestId: 'r' });
  });

  test('is the reason, where a result could not be shown', () => {
    expect(failureOf(new Error('2 of 2 changed slices are not among the images shown.'))).toEqual({
      ...{ title: 'The viewer could not show the result', retriable: true },
      detail: '2 of 2 changed slices are not among the images shown.',
    });
  });
});

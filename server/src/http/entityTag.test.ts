import { describe, expect, test } from '@jest/globals';
import type { Request } from 'express';
import { versionFromIfMatch } from './entityTag.ts';

function requestWith(ifMatch: string | undefined): Request {
  return { get: () => ifMatch } as unknown as Request;
}

describe('versionFromIfMatch', () => {
  test('reads the version, and none where any will do', () => {
    expect(versionFromIfMatch(requestWith('"12"'))).toBe(12);
    expect(versionFromIfMatch(requestWith('*'))).toBeUndefined();
    expect(versionFromIfMatch(requestWith(undefined))).toBeUndefined();
  });

  test.each(['12', 'W/"12"', '"1", "2"', '"a"', ''])('lets %p match no version', ifMatch => {
    expect(() => versionFromIfMatch(requestWith(ifMatch))).toThrow(
      expect.objectContaining({ code: 'precondition-failed' }),
    );
  });
});

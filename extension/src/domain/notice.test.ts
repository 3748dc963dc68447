import { describe, expect, test } from '@jest/globals';
import { NO_NOTICES, withoutNotice, withWarnings } from './notice.ts';

const SUV = {
  code: 'suv-unknown',
  detail: 'Values stay.',
  keywords: ['PatientWeight', 'SeriesTime'],
} as const;
const CUT = { code: 'fractional-thresholded', detail: 'Cut at 127.5.' } as const;
const warningsOf = [{ ...SUV, keywords: [...SUV.keywords] }, CUT];

describe('notices', () => {
  test('say in words what the server warns of, and name the attributes at fault', () => {
    expect(withWarnings(NO_NOTICES, warningsOf).notices).toEqual([
      {
        title: 'No SUV for this series',
        detail: 'Values stay. Missing or unusable: Patient Weight, Series Time.',
      },
      { title: 'Opened with a threshold', detail: 'Cut at 127.5.' },
    ]);
  });

  test('are there once, however often the server says it, and do not come back once dismissed', () => {
    const once = withWarnings(NO_NOTICES, warningsOf);
    expect(withWarnings(once, warningsOf)).toBe(once);
    const left = withoutNotice(once, once.notices[0]!);
    expect(left.notices).toEqual([once.notices[1]]);
    expect(withWarnings(left, warningsOf).notices).toEqual([once.notices[1]]);
  });
});

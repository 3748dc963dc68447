import { expect, test } from '@jest/globals';
import { viewerAddress } from './viewerAddress.ts';

test('a series is opened in the mode that is open, instead of the one that is shown', () => {
  const here = {
    pathname: '/tomoclick',
    search: '?StudyInstanceUIDs=1.2&initialSeriesInstanceUID=1.3&SeriesInstanceUIDs=1.4&datasources=a',
  };
  expect(viewerAddress(here, '1.5', '1.6')).toBe(
    '/tomoclick?datasources=a&StudyInstanceUIDs=1.5&initialSeriesInstanceUID=1.6',
  );
});

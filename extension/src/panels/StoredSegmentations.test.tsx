import { expect, test } from '@jest/globals';
import { renderToStaticMarkup } from 'react-dom/server';
import { newSession } from '../domain/promptSession.ts';
import { StoredSegmentations } from './StoredSegmentations.tsx';

const STORED = [
  { seriesInstanceUID: '1.2.9', sopInstanceUID: '1.2.9.1', description: 'Liver', labels: [], madeAt: '' },
];

test.each([false, true])(
  'another segmentation can be opened unless a run adds to this one (%s)',
  isRunning => {
    const markup = renderToStaticMarkup(
      <StoredSegmentations
        {...{ stored: STORED, session: newSession('a'), isRunning }}
        runner={{ openStored: () => undefined }}
      />,
    );
    expect(markup.includes('disabled=""')).toBe(isRunning);
  },
);

import { describe, expect, test } from '@jest/globals';
import { renderToStaticMarkup } from 'react-dom/server';
import { exportableId, newSession, withAction, withSegment } from '../domain/promptSession.ts';
import { ExportLinks } from './ExportLinks.tsx';

describe('the downloads', () => {
  test('lead to the segmentation in each format', () => {
    const markup = renderToStaticMarkup(<ExportLinks addressOf={format => `/s/7/${format}`} />);
    expect(markup).toMatch(/<a href="\/s\/7\/rtstruct" download=""[^>]*>RTSTRUCT<\/a>/);
    expect(markup).toMatch(/<a href="\/s\/7\/nifti" download=""[^>]*>NIfTI<\/a>/);
  });

  test('lead nowhere while there is nothing to take away', () => {
    const markup = renderToStaticMarkup(<ExportLinks addressOf={() => null} />);
    expect(markup).not.toContain('href');
    expect(markup).toContain('aria-disabled="true"');
  });

  test('are of what the reader sees: not empty, and nothing on its way', () => {
    const empty = { ...newSession('a'), segmentationId: 'id' };
    expect(exportableId(empty)).toBeNull();
    const filled = withSegment(empty, 'a', { volumeMl: 2 });
    expect(exportableId(filled)).toBe('id');
    expect(exportableId(withAction(filled, { kind: 'save' }))).toBeNull();
    expect(exportableId({ ...filled, segmentationId: null })).toBeNull();
  });
});

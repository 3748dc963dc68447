import { expect, test } from '@jest/globals';
import type { SegmentationContract } from '@tomoclick/server/contract';
import { renderToStaticMarkup } from 'react-dom/server';
import { CaseDesk } from '../application/caseDesk.ts';
import { caseOfSegmentation } from '../domain/labelledCase.ts';
import { CaseChoice } from './CaseChoice.tsx';

function segmentation(id: string): SegmentationContract {
  const segments = [{ label: `Liver ${id}`, voxelCount: 9, volumeMl: 1.5 }];
  const of = { studyInstanceUID: '1.2', seriesInstanceUID: '1.3', createdAt: '2026-01-09T12:00:00' };
  return { id, ...of, segments, stored: [] } as unknown as SegmentationContract;
}

test('what was chosen can be given up, also once it is no longer among what is offered', async () => {
  let items = [segmentation('a'), segmentation('b')];
  const desk = new CaseDesk(
    { segmentations: () => Promise.resolve({ items, isAll: true }) },
    { describe: () => Promise.resolve(null) },
    () => [],
  );
  const chosen = [caseOfSegmentation(items[0]!)!];
  items = [segmentation('b')];
  await desk.refresh();
  const markup = renderToStaticMarkup(<CaseChoice {...{ desk, chosen, onToggle: () => undefined }} />);
  const boxes = [...markup.matchAll(/<input type="checkbox"([^>]*)>/g)].map(([, how]) =>
    how!.includes('checked=""'),
  );
  expect(boxes).toEqual([false, true]);
  expect(markup).toContain('Liver a');
});

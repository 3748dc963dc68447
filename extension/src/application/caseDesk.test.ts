import { expect, test } from '@jest/globals';
import type { SegmentationContract } from '@tomoclick/server/contract';
import type { StoredCase } from '../domain/labelledCase.ts';
import { CaseDesk } from './caseDesk.ts';

function segmentation(id: string, createdAt: string, storedAs: readonly string[]): SegmentationContract {
  return {
    ...{ id, createdAt, studyInstanceUID: '1.2', seriesInstanceUID: '1.3' },
    segments: [{ label: 'Liver', voxelCount: 9, volumeMl: 1.5 }],
    stored: storedAs.map(sopInstanceUID => ({ sopInstanceUID })),
  } as unknown as SegmentationContract;
}

function stored(sopInstanceUID: string): StoredCase {
  return {
    ...{ sopInstanceUID, seriesInstanceUID: '1.5', studyInstanceUID: '1.2', imageSeriesInstanceUID: '1.3' },
    ...{ description: 'SEG', labels: ['Liver'], madeAt: '2026-01-02 08:00' },
  };
}

test('offers segmentations of here and of the archive, each once and the newest first, also after the study has changed', async () => {
  const own = [
    segmentation('new', '2026-01-09T12:00:00', ['1.6.1']),
    segmentation('old', '2026-01-01T12:00:00', []),
  ];
  let inView = [stored('1.6.1'), stored('1.6.2')];
  const facts = { describe: () => Promise.resolve(null) };
  const desk = new CaseDesk(
    { segmentations: () => Promise.resolve({ items: own, isAll: true }) },
    facts,
    () => inView,
  );
  const offered = async (): Promise<string[] | undefined> => {
    await desk.refresh();
    return desk.getState().cases?.map(({ key }) => key);
  };
  expect(await offered()).toEqual(['new', '1.6.2', 'old']);
  inView = [];
  expect(await offered()).toEqual(['new', '1.6.2', 'old']);
});

test('says that there is more than it offers, and offers it on request', async () => {
  const own = Array.from({ length: 450 }, (_, n) => segmentation(`${n}`, '2026-01-09T12:00:00', []));
  const segmentations = (most: number) =>
    Promise.resolve({ items: own.slice(0, most), isAll: most >= own.length });
  const desk = new CaseDesk({ segmentations }, { describe: () => Promise.resolve(null) }, () => []);
  const offered: unknown[] = [];
  for (const look of [
    () => desk.refresh(),
    () => desk.showMore(),
    () => desk.refresh(),
    () => desk.showMore(),
  ]) {
    await look();
    const { cases, most, isAll } = desk.getState();
    offered.push([cases?.length, most, isAll]);
  }
  expect(offered).toEqual([
    [200, 200, false],
    [400, 400, false],
    [400, 400, false],
    [450, 600, true],
  ]);
});

test('does not show a shorter list that was asked for before more was wanted, and answered after', async () => {
  const own = Array.from({ length: 300 }, (_, n) => segmentation(`${n}`, '2026-01-09T12:00:00', []));
  let answerFirst = (): void => undefined;
  const desk = new CaseDesk(
    {
      segmentations: async most => {
        if (most === 200) await new Promise<void>(resolve => (answerFirst = resolve));
        return { items: own.slice(0, most), isAll: most >= own.length };
      },
    },
    { describe: () => Promise.resolve(null) },
    () => [],
  );
  const first = desk.refresh();
  await desk.showMore();
  answerFirst();
  await first;
  expect(desk.getState()).toMatchObject({ most: 400, isAll: true });
  expect(desk.getState().cases).toHaveLength(300);
});

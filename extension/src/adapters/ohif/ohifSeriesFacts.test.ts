import { describe, expect, jest, test } from '@jest/globals';
import type { ExtensionManager } from '../../ports/ohif.ts';
import { ohifSeriesFacts } from './ohifSeriesFacts.ts';

const STUDY = { studyInstanceUID: '1.2' };

function archive(studies: () => Promise<readonly object[]>): {
  readonly manager: ExtensionManager;
  readonly search: jest.Mock<() => Promise<readonly object[]>>;
} {
  const search = jest.fn(studies);
  const series = [
    { seriesInstanceUid: '1.2.1', modality: 'CT', description: 'Portal venous' },
    { seriesInstanceUid: '1.2.2', modality: 'MR' },
  ];
  const source = { query: { studies: { search }, series: { search: () => Promise.resolve(series) } } };
  return { manager: { getActiveDataSource: () => [source] } as unknown as ExtensionManager, search };
}

const FOUND = { mrn: '4711', patientName: 'Doe, Jane', patientBirthDate: '19640229', date: '20260102' };

describe('what the archive knows of a series', () => {
  test('is who the patient is, when the study was, and what the series is; a study is asked for once', async () => {
    const { manager, search } = archive(() => Promise.resolve([FOUND]));
    const facts = ohifSeriesFacts(manager, () => undefined);
    expect(await facts.describe({ ...STUDY, seriesInstanceUID: '1.2.1' })).toEqual({
      ...{ patientName: 'Doe, Jane', patientID: '4711', birthDate: '1964-02-29', studyDate: '2026-01-02' },
      ...{ studyDescription: '', seriesDescription: 'Portal venous', modality: 'CT' },
    });
    const other = await facts.describe({ ...STUDY, seriesInstanceUID: '1.2.2' });
    expect(other).toMatchObject({ seriesDescription: '', modality: 'MR' });
    expect(search).toHaveBeenCalledTimes(1);
  });

  test('is which of its volumes an image names, as the viewer has listed it', async () => {
    const { manager } = archive(() => Promise.resolve([FOUND]));
    const facts = ohifSeriesFacts(manager, ({ sopInstanceUID }) => `phase of ${sopInstanceUID}`);
    const series = { ...STUDY, seriesInstanceUID: '1.2.1' };
    expect((await facts.describe(series))?.volume).toBeUndefined();
    const described = await facts.describe({ ...series, image: { sopInstanceUID: '1.2.1.5' } });
    expect(described?.volume).toBe('phase of 1.2.1.5');
  });

  test('is nothing where it does not answer or has no such study, and is asked for again', async () => {
    const answers = [() => Promise.reject(new Error('down')), () => Promise.resolve([])];
    const { manager } = archive(() => (answers.shift() ?? (() => Promise.resolve([FOUND])))());
    const facts = ohifSeriesFacts(manager, () => undefined);
    const series = { ...STUDY, seriesInstanceUID: '1.2.1' };
    expect(await facts.describe(series)).toBeNull();
    expect(await facts.describe(series)).toBeNull();
    expect(await facts.describe(series)).toMatchObject({ patientID: '4711' });
  });
});

import { expect, test } from '@jest/globals';
import type { DisplaySet, ExtensionManager, Services } from '../../ports/ohif.ts';
import { ohifStudyBrowser } from './ohifStudyBrowser.ts';

/** Of the study that is in view. */
const VOLUME: DisplaySet = {
  ...{ displaySetInstanceUID: 'ct', StudyInstanceUID: '1.2', SeriesInstanceUID: '1.2.3', Modality: 'CT' },
};

test.each([
  ['1.2', ['1.2']],
  ['1.9', []],
])(
  'lists a new series of study %s where that study is in view, and forgets what it knew of it',
  async (study, shown) => {
    const forgotten: string[] = [];
    const retrieved: string[] = [];
    const dataSource = {
      getConfig: () => ({ name: 'source' }),
      deleteStudyMetadataPromise: (key: string) => forgotten.push(key),
      retrieve: {
        series: {
          metadata: ({ StudyInstanceUID }: { StudyInstanceUID: string }) => {
            retrieved.push(StudyInstanceUID);
            return Promise.resolve();
          },
        },
      },
    };
    const services = { displaySetService: { getActiveDisplaySets: () => [VOLUME] } } as unknown as Services;
    const manager = { getActiveDataSource: () => [dataSource] } as unknown as ExtensionManager;
    await ohifStudyBrowser(services, manager).showNewSeries(study, '1.5');
    expect(retrieved).toEqual(shown);
    expect(forgotten).toEqual([`source:${study}`]);
  },
);

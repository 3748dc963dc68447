import { expect, test } from '@jest/globals';
import type { Cornerstone } from '../../ports/cornerstone.ts';
import type { DisplaySet, Services } from '../../ports/ohif.ts';
import { OhifLabelmapView } from './ohifLabelmapView.ts';

const VOLUME: DisplaySet = {
  ...{ displaySetInstanceUID: 'ct', StudyInstanceUID: '1.2', SeriesInstanceUID: '1.2.3', Modality: 'CT' },
};

test('a labelmap that a closing viewport would not show is shown in those that come later', async () => {
  const shownIn: string[] = [];
  let viewportIds = ['closing'];
  const services = {
    displaySetService: { getDisplaySetByUID: () => VOLUME },
    viewportGridService: {
      getState: () => ({
        viewports: new Map(viewportIds.map(id => [id, { displaySetInstanceUIDs: ['ct'] }])),
      }),
    },
    cornerstoneViewportService: { getCornerstoneViewport: () => ({}) },
    segmentationService: {
      getSegmentation: () => ({ segments: {} }),
      getSegmentationRepresentations: (id: string) => shownIn.filter(other => other === id),
      addSegmentationRepresentation: async (id: string) => {
        await Promise.resolve();
        if (id === 'closing') throw new Error('the viewport is gone');
        shownIn.push(id);
      },
    },
  } as unknown as Services;
  const view = new OhifLabelmapView(services, {} as Cornerstone, VOLUME);
  await expect(view.open()).rejects.toThrow('gone');
  viewportIds = ['axial'];
  await view.open();
  viewportIds = ['axial', 'coronal'];
  await view.showInViewports();
  expect(shownIn).toEqual(['axial', 'coronal']);
});

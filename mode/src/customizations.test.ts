import { expect, test } from '@jest/globals';
import mode from './index.ts';

test('the viewer computes no statistics of our masks: it would copy image and labelmap whole after each click', async () => {
  const basic = {
    ...{ extensions: {}, toolbarButtons: [], toolbarSections: [], sopClassHandlers: [] },
    routes: [{ layoutTemplate: () => ({ props: { rightPanels: [], viewports: [] } }) }] as const,
    onModeEnter: () => undefined,
  };
  const { modeCustomizations } = await mode.modeFactory({
    modeConfiguration: {},
    loadModules: () => Promise.resolve([{ modeFactory: () => basic }]),
  });
  expect(modeCustomizations['panelSegmentation.disableUpdateSegmentationStats']).toBe(true);
});

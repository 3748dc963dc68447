import { expect, test } from '@jest/globals';
import { VOLUMES_HANDLER_ID } from '../../id.ts';
import type { DisplaySet, Services } from '../../ports/ohif.ts';
import { storedCasesOf } from './storedSegmentations.ts';
import { volumeLabels } from './volumeLabels.ts';

function phase(number: number, images: readonly (readonly [uid: string, frame: number])[]): DisplaySet {
  return {
    ...{
      displaySetInstanceUID: `${number}`,
      StudyInstanceUID: '1.2',
      SeriesInstanceUID: '1.3',
      Modality: 'CT',
    },
    ...{ SOPClassHandlerId: VOLUMES_HANDLER_ID, volumeLabel: `phase ${number} of 2` },
    instances: images.map(([SOPInstanceUID, frame]) => ({
      SOPInstanceUID,
      imageId: `wadors:/instances/${SOPInstanceUID}/frames/${frame}`,
    })),
  };
}

const SEGMENTATION: DisplaySet = {
  ...{ displaySetInstanceUID: 'seg', StudyInstanceUID: '1.2', SeriesInstanceUID: '1.7', Modality: 'SEG' },
  ...{ SOPInstanceUID: '1.7.1', referencedSeriesInstanceUID: '1.3' },
  instance: {
    ReferencedSeriesSequence: { ReferencedInstanceSequence: { ReferencedSOPInstanceUID: 'b' } },
  },
};

function viewing(displaySets: readonly DisplaySet[]): Services & { shown: readonly DisplaySet[] } {
  const view = { shown: displaySets, displaySetService: { getActiveDisplaySets: () => view.shown } };
  return view as unknown as Services & { shown: readonly DisplaySet[] };
}

test('the volume of an image is called as it is in the viewer, also after another study is shown', () => {
  const services = viewing([phase(1, [['a', 1], ['e', 1]]), phase(2, [['b', 1], ['e', 2]])]); // prettier-ignore
  const labelOf = volumeLabels(services);
  expect(labelOf({ sopInstanceUID: 'a' })).toBe('phase 1 of 2');
  expect(labelOf({ sopInstanceUID: 'e', frameNumber: 2 })).toBe('phase 2 of 2');
  services.shown = [];
  expect(labelOf({ sopInstanceUID: 'a' })).toBe('phase 1 of 2');
  expect(labelOf({ sopInstanceUID: 'b' })).toBeUndefined();
});

test('a segmentation of the archive says which volume it is of, where its series holds several', () => {
  const phases = [phase(1, [['a', 1]]), phase(2, [['b', 1]])];
  expect(storedCasesOf(viewing([...phases, SEGMENTATION]))).toMatchObject([{ volume: 'phase 2 of 2' }]);
  expect(storedCasesOf(viewing([SEGMENTATION]))[0]).not.toHaveProperty('volume');
});

import { describe, expect, test } from '@jest/globals';
import { VOLUMES_HANDLER_ID } from '../../id.ts';
import type { DisplaySet, ReferencedImage, Services } from '../../ports/ohif.ts';
import { assignReferencedVolumes, refersToVolume } from './referencedVolume.ts';

const SERIES = '1.2.3';

function volume(name: string, images: readonly (readonly [uid: string, frame?: number])[]): DisplaySet {
  return {
    ...{ displaySetInstanceUID: name, StudyInstanceUID: '1.2', SeriesInstanceUID: SERIES, Modality: 'MR' },
    ...{ isReconstructable: true, FrameOfReferenceUID: '1.9', SOPClassHandlerId: VOLUMES_HANDLER_ID },
    instances: images.map(([SOPInstanceUID, frame = 1]) => ({
      SOPInstanceUID,
      imageId: `wadors:/instances/${SOPInstanceUID}/frames/${frame}`,
    })),
  };
}

/** Of a segmentation: the images that its series sequence, and that its frames refer to. */
function segmentation(listed: readonly string[], sources: readonly ReferencedImage[] = []): DisplaySet {
  return {
    ...{ displaySetInstanceUID: 'seg', StudyInstanceUID: '1.2', SeriesInstanceUID: '1.7', Modality: 'SEG' },
    referencedSeriesInstanceUID: SERIES,
    referencedDisplaySetInstanceUID: 'early',
    instance: {
      // A sequence of one item comes as that item.
      ReferencedSeriesSequence: {
        ReferencedInstanceSequence: listed.map(uid => ({ ReferencedSOPInstanceUID: uid })),
      },
      PerFrameFunctionalGroupsSequence: sources.map(source => ({
        DerivationImageSequence: { SourceImageSequence: source },
      })),
    },
  };
}

const EARLY = volume('early', [['a.1'], ['a.2']]);
const LATE = volume('late', [['b.1'], ['b.2']]);
const ODD_FRAMES = volume('odd', [['e', 1], ['e', 3]]); // prettier-ignore
const EVEN_FRAMES = volume('even', [['e', 2], ['e', 4]]); // prettier-ignore

describe('a segmentation of a series of several volumes', () => {
  test('is of the volume whose images it names', () => {
    expect(refersToVolume(segmentation(['b.2']), LATE)).toBe(true);
    expect(refersToVolume(segmentation(['b.2']), EARLY)).toBe(false);
  });

  test('is of the volume whose frames it names, though others share the object', () => {
    const frame = { ReferencedSOPInstanceUID: 'e', ReferencedFrameNumber: '4' };
    expect(refersToVolume(segmentation(['e'], [frame]), EVEN_FRAMES)).toBe(true);
    expect(refersToVolume(segmentation(['e'], [frame]), ODD_FRAMES)).toBe(false);
    expect(refersToVolume(segmentation(['e']), ODD_FRAMES)).toBe(true);
  });

  test('may be of any where it names no image', () => {
    expect(refersToVolume(segmentation([]), EARLY)).toBe(true);
  });

  test('is laid over its volume, whatever the viewer has chosen with the same news', async () => {
    const seg = segmentation(['b.1']);
    const callbacks: (() => void)[] = [];
    const services = {
      displaySetService: {
        EVENTS: { DISPLAY_SETS_ADDED: 'added' },
        getActiveDisplaySets: () => [EARLY, LATE, seg],
        subscribe: (_: string, callback: () => void) => {
          callbacks.push(callback);
          return { unsubscribe: () => undefined };
        },
      },
    } as unknown as Services;
    assignReferencedVolumes(services);
    callbacks.push(() => Object.assign(seg, { referencedDisplaySetInstanceUID: 'early' }));
    for (const callback of callbacks) callback();
    await Promise.resolve();
    expect(seg).toMatchObject({
      ...{ referencedDisplaySetInstanceUID: 'late', isReconstructable: true, FrameOfReferenceUID: '1.9' },
    });
  });
});

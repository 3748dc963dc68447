import { describe, expect, jest, test } from '@jest/globals';
import { LabelIndices } from '../../domain/labelIndices.ts';
import { SegmentMasks } from '../../domain/segmentMasks.ts';
import { sliceKeyOf } from '../../domain/sliceKey.ts';
import type { Cornerstone } from '../../ports/cornerstone.ts';
import { LabelmapWriter } from './labelmapWriter.ts';

/** A labelmap whose images lie in another order than those of its volume, as cornerstone's do. */
function fakeCornerstone(sources: Readonly<Record<string, string>>, volumeOrder: readonly string[]) {
  const images = new Map(
    Object.entries(sources).map(([imageId, referencedImageId]) => {
      const labels = new Uint8Array(4).fill(7);
      const voxelManager = { getScalarData: () => labels, setScalarData: jest.fn() };
      return [imageId, { imageId, referencedImageId, voxelManager, labels }];
    }),
  );
  const trigger = jest.fn();
  const cornerstone = {
    core: {
      cache: {
        getImage: (imageId: string) => images.get(imageId),
        getVolume: () => ({ imageIds: volumeOrder }),
      },
      metaData: {
        get: (type: string, imageId: string) =>
          type === 'instance' ? { SOPInstanceUID: /instances\/([\d.]+)/.exec(imageId)?.[1] } : undefined,
      },
    },
    tools: {
      segmentation: {
        state: {
          getSegmentation: () => ({
            representationData: { Labelmap: { imageIds: Object.keys(sources), volumeId: 'volume' } },
          }),
        },
        triggerSegmentationEvents: { triggerSegmentationDataModified: trigger },
      },
    },
  };
  return { cornerstone: cornerstone as unknown as Cornerstone, images, trigger };
}

const SOURCES = {
  'label:a': 'wadors:/instances/1.1/frames/1',
  'label:b': 'wadors:/instances/1.2/frames/1',
  'label:c': 'wadors:/instances/1.3/frames/1',
};

describe('LabelmapWriter', () => {
  test('writes each slice into the image that refers to its source, and no other', () => {
    const { cornerstone, images, trigger } = fakeCornerstone(SOURCES, ['label:c', 'label:b', 'label:a']);
    const masks = new SegmentMasks();
    const key = sliceKeyOf('1.3');
    const touched = masks.replaceSlices(5, new Map([[key, new Uint8Array([0b0110])]]));
    expect(new LabelmapWriter(cornerstone, 'id').paint(touched, masks)).toBe(1);
    expect([...images.get('label:c')!.labels]).toEqual([0, 5, 5, 0]);
    expect([...images.get('label:a')!.labels]).toEqual([7, 7, 7, 7]);
    expect(images.get('label:c')!.voxelManager.setScalarData).toHaveBeenCalledTimes(1);
    expect(trigger).toHaveBeenCalledTimes(1);
    expect(trigger).toHaveBeenCalledWith('id', [0]);
  });

  test('writes a segment whose number is no byte as no other one', () => {
    const { cornerstone, images } = fakeCornerstone(SOURCES, []);
    const masks = new SegmentMasks();
    const key = sliceKeyOf('1.1');
    const slices = (bits: number) => new Map([[key, new Uint8Array([bits])]]);
    masks.replaceSlices(44, slices(0b0001));
    masks.replaceSlices(256, slices(0b0010));
    const touched = masks.replaceSlices(300, slices(0b0100));
    const indices = new LabelIndices();
    new LabelmapWriter(cornerstone, 'id', indices).paint(touched, masks);
    const labels = [...images.get('label:a')!.labels];
    expect(labels).toEqual([44, indices.of(256), indices.of(300), 0]);
    expect(new Set(labels).size).toBe(4);
  });

  test('tells the frames of one instance apart', () => {
    const frames = {
      'label:a': 'wadors:/instances/1.1/frames/1',
      'label:b': 'wadors:/instances/1.1/frames/2',
    };
    const { cornerstone, images } = fakeCornerstone(frames, ['label:a', 'label:b']);
    const masks = new SegmentMasks();
    const touched = masks.replaceSlices(1, new Map([[sliceKeyOf('1.1', 2), new Uint8Array([1])]]));
    new LabelmapWriter(cornerstone, 'id').paint(touched, masks);
    expect([...images.get('label:a')!.labels]).toEqual([7, 7, 7, 7]);
    expect([...images.get('label:b')!.labels]).toEqual([1, 0, 0, 0]);
  });

  test('counts what it could not place, and has nothing redrawn for it', () => {
    const { cornerstone, trigger } = fakeCornerstone(SOURCES, []);
    const masks = new SegmentMasks();
    const touched = masks.replaceSlices(1, new Map([[sliceKeyOf('9.9'), new Uint8Array([1])]]));
    expect(new LabelmapWriter(cornerstone, 'id').paint(touched, masks)).toBe(0);
    expect(trigger).not.toHaveBeenCalled();
  });
});

import { describe, expect, test } from '@jest/globals';
import { asBinary, formatFor, PLAIN_BINARY, type SegmentationFormat } from './segmentationFormat.ts';

const LABELMAP: SegmentationFormat = { segmentationType: 'LABELMAP', compression: 'rle', frames: 'all' };

describe('the format of a segmentation', () => {
  test('is what the archive prefers where nothing is asked', () => {
    expect(formatFor(LABELMAP, {})).toEqual(LABELMAP);
    expect(formatFor(PLAIN_BINARY, {})).toEqual(PLAIN_BINARY);
  });

  test('is what is asked for, and else as preferred', () => {
    expect(formatFor(PLAIN_BINARY, { segmentationType: 'LABELMAP', compression: 'rle' })).toEqual({
      ...LABELMAP,
      frames: 'non-empty',
    });
    expect(formatFor(PLAIN_BINARY, { compression: 'deflate', frames: 'all' })).toEqual({
      ...PLAIN_BINARY,
      ...{ compression: 'deflate', frames: 'all' },
    });
  });

  test('drops a preferred RLE where BINARY is asked for, and refuses one that is asked for', () => {
    expect(formatFor(LABELMAP, { segmentationType: 'BINARY' })).toEqual(asBinary(LABELMAP));
    expect(asBinary(LABELMAP)).toEqual({ ...PLAIN_BINARY, frames: 'all' });
    expect(() => formatFor(PLAIN_BINARY, { compression: 'rle' })).toThrow(
      expect.objectContaining({ code: 'invalid-request' }),
    );
  });
});

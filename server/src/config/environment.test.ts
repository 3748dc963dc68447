import { describe, expect, test } from '@jest/globals';
import { readConfig } from './environment.ts';

describe('the environment', () => {
  test('says how segmentations are stored; BINARY, uncompressed, without empty frames by default', () => {
    expect(readConfig({}).segmentationFormat).toEqual({
      ...{ segmentationType: 'BINARY', compression: 'none', frames: 'non-empty' },
    });
    const environment = {
      ...{ TOMOCLICK_SEG_TYPE: 'LABELMAP', TOMOCLICK_SEG_COMPRESSION: 'rle', TOMOCLICK_SEG_FRAMES: 'all' },
    };
    expect(readConfig(environment).segmentationFormat).toEqual({
      ...{ segmentationType: 'LABELMAP', compression: 'rle', frames: 'all' },
    });
  });

  test('names a variable that is wrong, or does not go with another', () => {
    expect(() => readConfig({ TOMOCLICK_SEG_TYPE: 'SURFACE' })).toThrow('TOMOCLICK_SEG_TYPE');
    expect(() => readConfig({ TOMOCLICK_SEG_COMPRESSION: 'rle' })).toThrow(
      'TOMOCLICK_SEG_COMPRESSION: rle is for LABELMAP',
    );
  });
});

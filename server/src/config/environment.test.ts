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

  test('limits what the PACS may answer to what can be held in one piece', () => {
    expect(readConfig({}).maxReplyBytes).toBeUndefined();
    expect(readConfig({ TOMOCLICK_MAX_REPLY_MB: '64' }).maxReplyBytes).toBe(64 * 1024 * 1024);
    expect(() => readConfig({ TOMOCLICK_MAX_REPLY_MB: '600' })).toThrow('TOMOCLICK_MAX_REPLY_MB');
  });

  test('names a variable that is wrong, or does not go with another', () => {
    expect(() => readConfig({ TOMOCLICK_SEG_TYPE: 'SURFACE' })).toThrow('TOMOCLICK_SEG_TYPE');
    for (const root of ['1.02.3', '1.2.', 'x', `1.${'2'.repeat(31)}`]) {
      expect(() => readConfig({ TOMOCLICK_UID_ROOT: root })).toThrow('TOMOCLICK_UID_ROOT');
    }
    expect(readConfig({ TOMOCLICK_UID_ROOT: '1.2.3' }).uidRoot).toBe('1.2.3');
    expect(readConfig({}).uidRoot).toBeUndefined();
    expect(() => readConfig({ TOMOCLICK_SEG_COMPRESSION: 'rle' })).toThrow(
      'TOMOCLICK_SEG_COMPRESSION: rle is for LABELMAP',
    );
  });
});

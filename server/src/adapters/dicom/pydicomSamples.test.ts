import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Problem } from '../../domain/errors.ts';
import { testDataFolder } from '../../../../test/data/testData.ts';
import { DicomFrameDecoder } from './dicomFrameDecoder.ts';
import { firstSliceOf } from '../../../../test/fixtures/firstSlice.ts';

/** Start of the SHA-256 of all frames, little endian, as another decoder (GDCM) gives them. */
const EXPECTED: Readonly<Record<string, { frames: number; sha256: string }>> = {
  'MR_small.dcm': { frames: 1, sha256: '88617aaa4613' },
  'MR_small_implicit.dcm': { frames: 1, sha256: '88617aaa4613' },
  'MR_small_bigendian.dcm': { frames: 1, sha256: '88617aaa4613' },
  'MR_small_RLE.dcm': { frames: 1, sha256: '88617aaa4613' },
  'MR_small_jp2klossless.dcm': { frames: 1, sha256: '88617aaa4613' },
  'MR_small_jpeg_ls_lossless.dcm': { frames: 1, sha256: '88617aaa4613' },
  'CT_small.dcm': { frames: 1, sha256: '7a481f6ffff8' },
  'JPEG-LL.dcm': { frames: 1, sha256: 'a6e9d3214333' },
  'JPGExtended.dcm': { frames: 1, sha256: 'd30242775a41' },
  'JPEG2000.dcm': { frames: 1, sha256: '0b1224a6dcd0' },
  'SC_rgb_jpeg_gdcm.dcm': { frames: 1, sha256: '169e619557b1' },
  'SC_rgb_rle_2frame.dcm': { frames: 2, sha256: '026dac3bc332' },
  'SC_rgb_small_odd.dcm': { frames: 1, sha256: 'ef2df252ba3c' },
  'image_dfl.dcm': { frames: 1, sha256: '1f5f1b1c1a57' },
  'emri_small.dcm': { frames: 10, sha256: '9719c5d0f62c' },
  'emri_small_RLE.dcm': { frames: 10, sha256: '9719c5d0f62c' },
  'emri_small_big_endian.dcm': { frames: 10, sha256: '9719c5d0f62c' },
  'emri_small_jpeg_2k_lossless.dcm': { frames: 10, sha256: '9719c5d0f62c' },
  'emri_small_jpeg_ls_lossless.dcm': { frames: 10, sha256: '9719c5d0f62c' },
};

const folder = testDataFolder();
if (!folder) console.log('SKIPPED: decoding of the pydicom samples: TOMOCLICK_TEST_DATA is not found');
const testWithData = folder ? test : test.skip;

function sample(name: string): Uint8Array {
  return readFileSync(join(folder ?? '', 'dicom/pydicom-samples', name));
}

describe('the pydicom samples', () => {
  for (const [name, { frames, sha256 }] of Object.entries(EXPECTED)) {
    testWithData(`${name} is decoded to the pixels that another decoder gives`, async () => {
      const hash = createHash('sha256');
      for (let frameIndex = 0; frameIndex < frames; frameIndex++) {
        const { pixels } = await new DicomFrameDecoder().decodeFrame(sample(name), frameIndex);
        hash.update(Buffer.from(pixels.buffer, pixels.byteOffset, pixels.byteLength));
      }
      expect(hash.digest('hex').slice(0, 12)).toBe(sha256);
    });
  }

  testWithData('a lossy colour image becomes interleaved RGB', async () => {
    const frame = await new DicomFrameDecoder().decodeFrame(sample('SC_rgb_jpeg_dcmtk.dcm'), 0);
    expect(frame).toMatchObject({
      rows: 100,
      columns: 100,
      samplesPerPixel: 3,
      photometricInterpretation: 'RGB',
    });
    // The first stripe is red.
    const [red = 0, green = 255, blue = 255] = frame.pixels;
    expect(red).toBeGreaterThan(245);
    expect(Math.max(green, blue)).toBeLessThan(10);
  });

  for (const name of [
    'MR_truncated.dcm',
    'rtdose.dcm',
    'rtstruct.dcm',
    'liver.dcm',
    'liver_rle.dcm',
    'parametric_map_float.dcm',
  ]) {
    // prettier-ignore
    testWithData(`${name} is refused as pixel data that is not read`, async () => {
      const decoding = firstSliceOf(sample(name));
      await expect(decoding).rejects.toBeInstanceOf(Problem);
      await expect(decoding).rejects.toMatchObject({ code: 'unsupported-pixel-data' });
    });
  }

  testWithData('a CT slice is placed in the patient', async () => {
    const slice = await firstSliceOf(sample('CT_small.dcm'));
    expect(slice).toMatchObject({
      modality: 'CT',
      rows: 128,
      columns: 128,
      imagePositionPatient: [-158.135803, -179.035797, -75.699997],
      imageOrientationPatient: [
        [1, 0, 0],
        [0, 1, 0],
      ],
      pixelSpacingMm: [0.661468, 0.661468],
      sliceThicknessMm: 5,
      rescaleSlope: 1,
      rescaleIntercept: -1024,
      patientStudy: { patientName: 'CompressedSamples^CT1', patientID: '1CT1', patientSex: 'O' },
    });
  });

  testWithData('a multi-frame image that does not place its frames is refused', async () => {
    await expect(firstSliceOf(sample('emri_small.dcm'))).rejects.toMatchObject({
      code: 'unsupported-geometry',
    });
  });
});

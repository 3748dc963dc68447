import { describe, expect, test } from '@jest/globals';
import { findPython } from '../../../../test/external/python.ts';
import { runPythonScript } from '../../../../test/external/pythonScript.ts';
import { attributesOfBits, imageOf } from '../../../../test/fixtures/imageOf.ts';
import { jpeg2000Encoded } from '../../../../test/fixtures/jpeg2000Encoded.ts';
import { imageAttributes } from '../../../../test/fixtures/part10.ts';
import { DicomFrameDecoder } from './dicomFrameDecoder.ts';
import { transferSyntaxUIDOf } from './part10.ts';

const python = findPython(['pydicom', 'openjpeg']);
if (python === undefined)
  console.log('SKIPPED: JPEG 2000 beside OpenJPEG: no Python with pydicom and pylibjpeg-openjpeg');
const describeWithPython = python === undefined ? describe.skip : describe;

const KINDS = [
  [8, false],
  [12, false],
  [16, false],
  [12, true],
  [16, true],
] as const;

async function ours(file: Uint8Array): Promise<readonly number[]> {
  return [...(await new DicomFrameDecoder().decodeFrame(file, 0)).pixels];
}

function theirs(file: Uint8Array): unknown {
  return runPythonScript(python ?? '', 'decodeImage.py', { 'image.dcm': file });
}

function encodedByOpenJpeg(file: Uint8Array, quality: 'lossless' | 'lossy'): Uint8Array {
  const files = { 'image.dcm': file, 'quality.txt': quality };
  const encoded = runPythonScript(python ?? '', 'encodeJpeg2000.py', files);
  return Buffer.from(String(encoded), 'base64');
}

describeWithPython('beside OpenJPEG', () => {
  test.each(KINDS)(
    'HTJ2K of %i bits, signed %s, is the same to both, bit for bit',
    async (bits, isSigned) => {
      const encoded = await jpeg2000Encoded('HTJ2K', imageAttributes(attributesOfBits(bits, isSigned)));
      const original = await ours(imageOf(bits, isSigned));
      expect(await ours(encoded)).toEqual(original);
      expect(theirs(encoded)).toEqual(original);
    },
  );

  test.each(KINDS)('JPEG 2000 of %i bits, signed %s, comes back bit for bit', async (bits, isSigned) => {
    const encoded = encodedByOpenJpeg(imageOf(bits, isSigned), 'lossless');
    expect(transferSyntaxUIDOf(encoded)).toBe('1.2.840.10008.1.2.4.90');
    expect(await ours(encoded)).toEqual(await ours(imageOf(bits, isSigned)));
  });

  test.each(KINDS)(
    'JPEG 2000 of %i bits, signed %s, with loss is the same to both',
    async (bits, isSigned) => {
      const encoded = encodedByOpenJpeg(imageOf(bits, isSigned), 'lossy');
      expect(transferSyntaxUIDOf(encoded)).toBe('1.2.840.10008.1.2.4.91');
      const pixels = await ours(encoded);
      expect(pixels).toEqual(theirs(encoded));
      expect(pixels).not.toEqual(await ours(imageOf(bits, isSigned)));
    },
  );
});

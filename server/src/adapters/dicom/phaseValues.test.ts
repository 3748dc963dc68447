import { describe, expect, test } from '@jest/globals';
import { enhancedAttributes } from '../../../../test/fixtures/enhancedImage.ts';
import { firstSliceOf } from '../../../../test/fixtures/firstSlice.ts';
import { imageAttributes, part10Of, type Attributes } from '../../../../test/fixtures/part10.ts';
import type { DecodedSlice } from '../../domain/decodedSlice.ts';
import { SliceStack } from '../../domain/sliceStack.ts';
import { DicomSliceDecoder } from './dicomSliceDecoder.ts';
import { EXPLICIT_VR_BIG_ENDIAN } from './transferSyntax.ts';

// What tells images at one position apart.

const PLACED: Attributes = {
  ImagePositionPatient: '0\\0\\0',
  ImageOrientationPatient: '1\\0\\0\\0\\1\\0',
  PixelSpacing: '1\\1',
  FrameOfReferenceUID: '1.2.9',
};

function decode(attributes: Attributes, transferSyntaxUID?: string): Promise<DecodedSlice> {
  const placed = imageAttributes({ ...PLACED, ...attributes });
  return firstSliceOf(part10Of(placed, transferSyntaxUID ? { transferSyntaxUID } : {}));
}

test('an image says which b-value it was taken with, in any byte order and with or without VRs', async () => {
  // Written in full: the low bytes of round numbers are zero, where text would end.
  const bValueOf = async (bValue: number, transferSyntaxUID: string): Promise<readonly string[]> => {
    const DiffusionBValue = Buffer.alloc(8);
    if (transferSyntaxUID === EXPLICIT_VR_BIG_ENDIAN) DiffusionBValue.writeDoubleBE(bValue);
    else DiffusionBValue.writeDoubleLE(bValue);
    const { phaseValues } = await decode({ DiffusionBValue, AcquisitionNumber: '7' }, transferSyntaxUID);
    return phaseValues.filter(value => value !== '');
  };
  for (const uid of ['1.2.840.10008.1.2.1', '1.2.840.10008.1.2', EXPLICIT_VR_BIG_ENDIAN]) {
    expect(await bValueOf(1000, uid)).toEqual(['1000', '7']);
    expect(await bValueOf(0, uid)).toEqual(['0', '7']);
  }
  expect((await decode({ AcquisitionNumber: '7' })).phaseValues.filter(value => value !== '')).toEqual(['7']);
});

test('an image of many frames says at which part of the heart beat each was taken', async () => {
  const frames = [12.5, 62.5].map((percentage, n) => {
    const NominalPercentageOfCardiacPhase = Buffer.alloc(4);
    NominalPercentageOfCardiacPhase.writeFloatLE(percentage);
    return {
      CardiacSynchronizationSequence: [{ NominalPercentageOfCardiacPhase }],
      PlanePositionSequence: [{ ImagePositionPatient: `0\\0\\${n}` }],
    };
  });
  const attributes = { ...enhancedAttributes(2), PerFrameFunctionalGroupsSequence: frames };
  const file = part10Of({ ...attributes, PixelData: Buffer.alloc(24) });
  const slices: DecodedSlice[] = [];
  for await (const slice of new DicomSliceDecoder().slicesOf(file)) slices.push(slice);
  expect(slices.map(({ phaseValues }) => phaseValues.filter(value => value !== ''))).toEqual([
    ['12.5'],
    ['62.5'],
  ]);
});

describe('a series of several images of many frames', () => {
  const imageOf = (n: number): Buffer =>
    part10Of({
      ...enhancedAttributes(2),
      ...{ SOPInstanceUID: `1.2.3.${n}`, InstanceNumber: n, PixelData: Buffer.alloc(24, n) },
    });

  test.each([1, 2])('all at the same positions is a volume an image (%d)', async n => {
    const stack = new SliceStack();
    for (const number of [2, 1]) {
      for await (const slice of new DicomSliceDecoder().slicesOf(imageOf(number))) stack.add(slice);
    }
    const { slices } = stack.toVolume({ sopInstanceUID: `1.2.3.${n}`, frameNumber: 2 });
    expect(slices).toMatchObject([1, 2].map(frameNumber => ({ sopInstanceUID: `1.2.3.${n}`, frameNumber })));
  });
});

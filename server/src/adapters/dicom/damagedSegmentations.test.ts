import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { disjointSegmentation } from '../../../../test/fixtures/orientedSegmentations.ts';
import { Problem } from '../../domain/errors.ts';
import { placeSegmentation } from '../../domain/placeSegmentation.ts';
import type { SegmentationFormat } from '../../domain/segmentationFormat.ts';
import { DicomSegmentationDecoder } from './dicomSegmentationDecoder.ts';
import { DicomSegmentationEncoder } from './dicomSegmentationEncoder.ts';

const FORMATS: readonly SegmentationFormat[] = [
  { segmentationType: 'BINARY', compression: 'none', frames: 'non-empty' },
  { segmentationType: 'LABELMAP', compression: 'rle', frames: 'non-empty' },
  { segmentationType: 'LABELMAP', compression: 'deflate', frames: 'all' },
];
const { source } = disjointSegmentation('oblique');
const FILES = FORMATS.map(format =>
  new DicomSegmentationEncoder().encode(disjointSegmentation('oblique', { format })),
);

/** Resolves where it is read, or refused as it should be. */
async function read(part10: Uint8Array): Promise<void> {
  try {
    await placeSegmentation(await new DicomSegmentationDecoder().decode(part10), source);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
  }
}

const anyFile = fc.constantFrom(...FILES);
const anyPlace = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('a damaged segmentation', () => {
  test('that is cut short is refused, or read as far as it goes', async () => {
    await fc.assert(
      fc.asyncProperty(anyFile, anyPlace, (file, place) =>
        read(file.slice(0, Math.floor(place * file.length))),
      ),
      { numRuns: 150 },
    );
  });

  test('with any bytes changed is read or refused, and nothing else happens', async () => {
    const changes = fc.array(fc.tuple(anyPlace, fc.nat(255)), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(anyFile, changes, async (file, bytes) => {
        const damaged = file.slice();
        for (const [place, byte] of bytes) damaged[Math.floor(place * damaged.length)] = byte;
        await read(damaged);
      }),
      { numRuns: 300 },
    );
  });

  test('is refused when it is not whole', async () => {
    const half = FILES[0]!.slice(0, FILES[0]!.length / 2);
    await expect(new DicomSegmentationDecoder().decode(half)).rejects.toBeInstanceOf(Problem);
  });
});

import { describe, expect, test } from '@jest/globals';
import { affineFromColumns } from '../domain/affine.ts';
import { Problem } from '../domain/errors.ts';
import { syntheticVolume } from '../domain/fixtures/syntheticVolume.ts';
import type { SliceDecoder } from '../ports/sliceDecoder.ts';
import { assembleVolume } from './assembleVolume.ts';
import { volumeSource } from './fixtures/volumeSource.ts';
import type { VolumeSource } from './volumeCache.ts';

const volume = syntheticVolume(
  [4, 3, 12],
  affineFromColumns([1, 0, 0], [0, 1, 0], [0, 0, 2], [0, 0, 0]),
  point => Math.round(point[2]),
);
const never = new AbortController().signal;

/** The volume's source, some of whose slices cannot be decoded. */
function sourceWith(isDamaged: (k: number) => boolean): VolumeSource & { readonly decoded: number[] } {
  const { imageArchive, sliceDecoder } = volumeSource(volume);
  const decoded: number[] = [];
  return {
    imageArchive,
    decoded,
    sliceDecoder: {
      async *slicesOf(part10) {
        const k = part10[0] ?? 0;
        decoded.push(k);
        if (isDamaged(k)) {
          const facts = { sopInstanceUID: volume.slices[k]?.sopInstanceUID };
          throw new Problem('unsupported-pixel-data', 'The frame is damaged.', facts);
        }
        yield* sliceDecoder.slicesOf(part10);
      },
    },
  };
}

describe('a series', () => {
  test('becomes the volume whose slices it holds', async () => {
    const assembled = await assembleVolume(volume.series, volumeSource(volume), never);
    expect([...assembled.values]).toEqual([...volume.values]);
    expect(assembled.slices).toEqual(volume.slices);
  });

  test('into which the archive mixes images of another is refused: they may be of another patient', async () => {
    for (const stray of [{ seriesInstanceUID: '1.2.3.5' }, { studyInstanceUID: '1.2.4' }]) {
      const { imageArchive, sliceDecoder } = volumeSource(volume);
      const mixing: SliceDecoder = {
        async *slicesOf(part10) {
          for await (const slice of sliceDecoder.slicesOf(part10)) {
            yield part10[0] === 11 ? { ...slice, ...stray } : slice;
          }
        },
      };
      const assembled = assembleVolume(volume.series, { imageArchive, sliceDecoder: mixing }, never);
      await expect(assembled).rejects.toMatchObject({ code: 'archive-rejected' });
    }
  });

  test('with damaged images is refused by their names, and says that the others are sound', async () => {
    const refusal = await assembleVolume(
      volume.series,
      sourceWith(k => k === 3 || k === 11),
      never,
    ).catch((error: unknown) => error);
    expect(refusal).toMatchObject({
      code: 'unsupported-pixel-data',
      detail: '2 of 12 images cannot be read; the others can. The frame is damaged.',
      facts: {
        imageCount: 12,
        refusedCount: 2,
        refused: [3, 11].map(k => ({ sopInstanceUID: volume.slices[k]?.sopInstanceUID })),
      },
    });
  });

  test('of which no image can be read is given up before all of it is fetched', async () => {
    const source = sourceWith(() => true);
    await expect(assembleVolume(volume.series, source, never)).rejects.toMatchObject({
      detail: 'The frame is damaged.',
    });
    expect(source.decoded.length).toBeGreaterThanOrEqual(10);
  });

  test('larger than the limits is refused by the limit that it exceeds', async () => {
    const limits = { maxVoxels: 144, maxFrames: 12, maxBytes: 12, maxHeaderBytes: 1 };
    const source = volumeSource(volume);
    expect((await assembleVolume(volume.series, source, never, limits)).slices).toHaveLength(12);
    for (const limit of ['maxVoxels', 'maxFrames', 'maxBytes'] as const) {
      const tighter = { ...limits, [limit]: limits[limit] - 1 };
      await expect(assembleVolume(volume.series, source, never, tighter)).rejects.toMatchObject({
        code: 'series-too-large',
        facts: { [limit]: tighter[limit] },
      });
    }
  });

  test('ends with whatever else fails', async () => {
    const { imageArchive } = volumeSource(volume);
    const sliceDecoder: SliceDecoder = {
      async *slicesOf() {
        await Promise.resolve();
        throw new Error('a bug');
      },
    };
    await expect(assembleVolume(volume.series, { imageArchive, sliceDecoder }, never)).rejects.toThrow(
      'a bug',
    );
    const controller = new AbortController();
    const aborting: VolumeSource = {
      imageArchive,
      sliceDecoder: {
        slicesOf: part10 => {
          controller.abort();
          return volumeSource(volume).sliceDecoder.slicesOf(part10);
        },
      },
    };
    await expect(assembleVolume(volume.series, aborting, controller.signal)).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});

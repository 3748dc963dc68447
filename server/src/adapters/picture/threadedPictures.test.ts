import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Raster } from '../../domain/raster.ts';
import type { PictureWish } from '../../ports/pictureEncoder.ts';
import { drawPicture } from './drawPicture.ts';
import { ThreadedPictures } from './threadedPictures.ts';

const always = new AbortController().signal;
const STARTING_TIMEOUT_MS = 60_000;
const raster: Raster = {
  ...{ columns: 64, rows: 48, channels: 1 },
  samples: Uint8Array.from({ length: 64 * 48 }, (_, n) => (n * 7919) % 256),
};
const png: PictureWish = { type: 'image/png', quality: 90 };
const wholeIn = (side: number): PictureWish => ({
  ...png,
  viewport: { columns: side, rows: side, region: { left: 0, top: 0, columns: 64, rows: 48 } },
});

const pictures = new ThreadedPictures();
beforeAll(() => pictures.encode(raster, png, always), STARTING_TIMEOUT_MS);
afterAll(() => pictures.close());

test('draws as it is drawn in place', async () => {
  for (const wish of [png, { ...png, type: 'image/jpeg' as const }, wholeIn(100)]) {
    const picture = await pictures.encode(raster, wish, always);
    expect(Buffer.from(picture).equals(drawPicture(raster, wish))).toBe(true);
  }
});

test('leaves the event loop to others while a large picture is drawn', async () => {
  let isDrawn = false;
  const drawing = pictures.encode(raster, wholeIn(3000), always).finally(() => (isDrawn = true));
  const started = performance.now();
  let [longestMs, lastMs] = [0, started];
  while (!isDrawn) {
    await nextTurn();
    const now = performance.now();
    longestMs = Math.max(longestMs, now - lastMs);
    lastMs = now;
  }
  await drawing;
  expect(longestMs).toBeLessThan((lastMs - started) / 3);
});

test('takes so many at a time, and draws nothing for those who have left', async () => {
  const left = new AbortController();
  const waiting = Array.from({ length: 31 }, () => pictures.encode(raster, png, always));
  const unwanted = pictures.encode(raster, png, left.signal);
  await expect(pictures.encode(raster, png, always)).rejects.toMatchObject({ code: 'overloaded' });
  left.abort();
  await expect(unwanted).rejects.toMatchObject({ code: 'cancelled' });
  expect(await Promise.all(waiting)).toHaveLength(31);
  await expect(pictures.encode(raster, png, always)).resolves.toBeInstanceOf(Uint8Array);
});

test('a picture that cannot be drawn fails alone', async () => {
  const damaged = { ...raster, columns: -1 };
  await expect(pictures.encode(damaged, png, always)).rejects.toMatchObject({
    code: 'unsupported-pixel-data',
  });
  await expect(pictures.encode(raster, png, always)).resolves.toBeInstanceOf(Uint8Array);
});

import { encode as encodeJpegRgba } from 'jpeg-js';
import { PNG } from 'pngjs';
import type { Raster } from '../domain/raster.ts';

/** @param quality 1–100 */
export function encodeJpeg(raster: Raster, quality: number): Uint8Array {
  const { columns: width, rows: height } = raster;
  return encodeJpegRgba({ width, height, data: rgbaOf(raster) }, quality).data;
}

export function encodePng({ columns: width, rows: height, channels, samples }: Raster): Uint8Array {
  const colorType = channels === 1 ? 0 : 2;
  const options = { colorType, inputColorType: colorType, inputHasAlpha: false, bitDepth: 8 } as const;
  const picture = new PNG({ width, height, ...options });
  picture.data = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
  return PNG.sync.write(picture, options);
}

function rgbaOf({ columns, rows, channels, samples }: Raster): Uint8Array {
  const rgba = new Uint8Array(columns * rows * 4).fill(255);
  for (let pixel = 0; pixel < columns * rows; pixel++) {
    for (let colour = 0; colour < 3; colour++) {
      rgba[pixel * 4 + colour] = samples[pixel * channels + (channels === 3 ? colour : 0)]!;
    }
  }
  return rgba;
}

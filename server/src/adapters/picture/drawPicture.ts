import { cropRaster, fitRaster, type Raster } from '../../domain/raster.ts';
import { encodeJpeg, encodePng } from '../../formats/pictureEncoder.ts';
import type { PictureWish } from '../../ports/pictureEncoder.ts';

/** Takes seconds for the largest pictures. */
export function drawPicture(raster: Raster, { type, quality, viewport }: PictureWish): Uint8Array {
  const shown = viewport ? fitRaster(cropRaster(raster, viewport.region), viewport) : raster;
  return type === 'image/png' ? encodePng(shown) : encodeJpeg(shown, quality);
}

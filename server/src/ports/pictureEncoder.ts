import type { Raster, RasterRegion, RasterSize } from '../domain/raster.ts';

/** How a raster is wanted as a picture. */
export interface PictureWish {
  readonly type: 'image/jpeg' | 'image/png';
  /** Of JPEG, 1–100. */
  readonly quality: number;
  /** What the picture is to fit into, its proportions kept, and the part that is shown; absent: as it is. */
  readonly viewport?: RasterSize & { readonly region: RasterRegion };
}

export interface PictureEncoder {
  /** @throws Problem overloaded, cancelled */
  encode(raster: Raster, wish: PictureWish, signal: AbortSignal): Promise<Uint8Array>;
}

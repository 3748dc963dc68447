import { Problem } from './errors.ts';

/** PS3.3 C.8.20.2.3: a bit plane for each segment, or one image of segment numbers. */
export type SegmentationType = 'BINARY' | 'LABELMAP';

/** Transfer syntaxes: Explicit VR Little Endian, its deflated form, RLE Lossless. */
export type SegmentationCompression = 'none' | 'deflate' | 'rle';

/** Of each segment (of all together in a LABELMAP): the slices that hold a voxel, or every slice. */
export type SegmentationFrames = 'non-empty' | 'all';

/**
 * How a segmentation is written as a DICOM object. RLE Lossless is for LABELMAP: single-bit frames are allowed in it,
 * but the common toolkits do not read them.
 */
export type SegmentationFormat = { readonly frames: SegmentationFrames } & (
  | { readonly segmentationType: 'BINARY'; readonly compression: Exclude<SegmentationCompression, 'rle'> }
  | { readonly segmentationType: 'LABELMAP'; readonly compression: SegmentationCompression }
);

/** What a caller says of the format; the rest is as the archive likes it. */
export interface SegmentationWish {
  readonly segmentationType?: SegmentationType | undefined;
  readonly compression?: SegmentationCompression | undefined;
  readonly frames?: SegmentationFrames | undefined;
}

/** What every archive and every reader takes. */
export const PLAIN_BINARY: SegmentationFormat = {
  segmentationType: 'BINARY',
  compression: 'none',
  frames: 'non-empty',
};

/**
 * The format that was asked for; what was not asked for is as `preferred`, where that goes together.
 * @throws Problem invalid-request
 */
export function formatFor(preferred: SegmentationFormat, wish: SegmentationWish): SegmentationFormat {
  const { segmentationType = preferred.segmentationType, frames = preferred.frames } = wish;
  const compression = wish.compression ?? preferred.compression;
  if (segmentationType === 'LABELMAP') return { segmentationType, compression, frames };
  if (wish.compression === 'rle') {
    throw new Problem('invalid-request', 'RLE is for LABELMAP; BINARY can be deflated.');
  }
  return asBinary({ segmentationType: 'LABELMAP', compression, frames });
}

/** The same without what only a LABELMAP can have. */
export function asBinary({ compression, frames }: SegmentationFormat): SegmentationFormat {
  return { segmentationType: 'BINARY', compression: compression === 'rle' ? 'none' : compression, frames };
}

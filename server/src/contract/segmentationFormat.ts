import { z } from 'zod';

export const segmentationTypeSchema = z.enum(['BINARY', 'LABELMAP']).meta({
  description:
    'BINARY: a bit plane for each segment. LABELMAP: one image of segment numbers, a voxel in one segment at most; ' +
    'asked for, it is refused where segments overlap',
});

/** How a segmentation is written as DICOM; what is left out is as the operator has set it for the archive. */
export const segmentationWishShape = {
  segmentationType: segmentationTypeSchema.optional(),
  compression: z.enum(['none', 'deflate', 'rle']).optional().meta({
    description:
      'Transfer syntax: Explicit VR Little Endian, Deflated Explicit VR Little Endian, or RLE Lossless (LABELMAP only)',
  }),
  frames: z
    .enum(['non-empty', 'all'])
    .optional()
    .meta({ description: 'The slices that hold a voxel of the segment, or all slices' }),
};

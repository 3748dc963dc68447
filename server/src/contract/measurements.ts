import { z } from 'zod';
import {
  labelSchema,
  pointLpsSchema,
  segmentNumberSchema,
  segmentationIdSchema,
  uidSchema,
} from './identifiers.ts';

const diameterSchema = z.strictObject({
  lengthMm: z.number().min(0),
  endsLps: z.tuple([pointLpsSchema, pointLpsSchema]),
});

export const segmentMeasurementsSchema = z
  .strictObject({
    segmentNumber: segmentNumberSchema,
    label: labelSchema,
    trackingUID: uidSchema,
    voxelCount: z.int().min(1),
    volumeMm3: z.number().min(0),
    volumeMl: z.number().min(0),
    diameters: z
      .strictObject({
        /** Slice index k of the volume. */
        sliceIndex: z.int().min(0),
        sopInstanceUID: uidSchema,
        /** 1-based; null for single-frame instances. */
        frameNumber: z.int().min(1).nullable(),
        longest: diameterSchema,
        perpendicular: diameterSchema,
      })
      .meta({
        description:
          'The longest diameter in the plane of any slice, and the longest one perpendicular to it in that slice; ' +
          'between outer corners of voxels',
      }),
    values: z
      .strictObject({
        mean: z.number(),
        standardDeviation: z.number().min(0),
        minimum: z.number(),
        maximum: z.number(),
      })
      .meta({
        description:
          'Of the voxels, in modality units; the standard deviation is divided by their number, not by one less',
      }),
  })
  .meta({ id: 'SegmentMeasurements' });

export const segmentationMeasurementsSchema = z
  .strictObject({
    segmentationId: segmentationIdSchema,
    version: z.int().min(0),
    valueUnit: z
      .strictObject({ code: z.string(), meaning: z.string() })
      .nullable()
      .meta({ description: 'UCUM; null where the unit of the series is not known' }),
    /** Empty segments are left out. */
    segments: z.array(segmentMeasurementsSchema),
  })
  .meta({ id: 'SegmentationMeasurements' });
export type SegmentationMeasurements = z.infer<typeof segmentationMeasurementsSchema>;

import { z } from 'zod';

/** PS3.5 section 9.1: at most 64 characters, dotted decimal, no component with a leading zero. */
export const uidSchema = z
  .string()
  .max(64)
  .regex(/^(0|[1-9]\d*)(\.(0|[1-9]\d*))*$/, 'must be a DICOM UID')
  .meta({ description: 'DICOM UID (PS3.5 section 9.1)', example: '1.2.840.10008.1.2.1' });

/** As many as a DICOM IS can say. */
export const frameNumberSchema = z
  .int()
  .min(1)
  .max(2 ** 31 - 1);

export const imageReferenceSchema = z
  .strictObject({ sopInstanceUID: uidSchema, frameNumber: z.exactOptional(frameNumberSchema) })
  .meta({
    id: 'ImageReference',
    description:
      'An image: an instance, or a frame (1-based) of a multi-frame instance. Names the volume that is meant where the series holds several (time points, orientations)',
  });

export const segmentationIdSchema = z.uuid().meta({ description: 'Segmentation id' });

/** A kilometre: no scanner's origin is further away, and squares of it are far from overflowing. */
const FURTHEST_MM = 1e6;
const coordinateMmSchema = z.number().min(-FURTHEST_MM).max(FURTHEST_MM);

/** A millimetre triple in the patient's LPS system. */
export const pointLpsSchema = z
  .tuple([coordinateMmSchema, coordinateMmSchema, coordinateMmSchema])
  .meta({ description: 'Position in mm, patient LPS (x to the left, y to the back, z to the head)' });

export const segmentNumberSchema = z.int().min(1).max(65535);

export const colourRgbSchema = z
  .tuple([z.int().min(0).max(255), z.int().min(0).max(255), z.int().min(0).max(255)])
  .meta({ description: 'sRGB, 0–255 a channel' });

/** Fits a DICOM LO (PS3.5 section 6.2): no backslash, no control characters, and none that UTF-8 does not have. */
export const labelSchema = z
  .string()
  .trim()
  .min(1)
  .max(64)
  .regex(/^[^\\\p{Cc}\p{Cs}]*$/u, 'must not hold a backslash, control characters or half characters');

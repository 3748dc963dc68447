import { z } from 'zod';
import {
  colourRgbSchema,
  imageReferenceSchema,
  labelSchema,
  segmentNumberSchema,
  segmentationIdSchema,
  uidSchema,
} from './identifiers.ts';
import { appliedAdaptationSchema } from './onlineAdaptation.ts';
import { identifiedPromptSchema } from './prompt.ts';
import { warningSchema } from './warning.ts';

export const segmentSchema = z
  .strictObject({
    segmentNumber: segmentNumberSchema,
    label: labelSchema,
    colour: colourRgbSchema,
    trackingUID: uidSchema,
    voxelCount: z.int().min(0),
    volumeMl: z.number().min(0),
    /** The prompts in force (since the last clear, undone ones left out), oldest first. */
    prompts: z.array(identifiedPromptSchema),
    predictedIou: z.number().nullable(),
    /** What accepted corrections had their say in it; null: the model answered alone. */
    adaptation: appliedAdaptationSchema.nullable(),
    canUndo: z.boolean(),
    canRedo: z.boolean(),
    /** The version that its newest prompt made, be it undone since: the highest is of the segment worked on last. */
    lastPromptVersion: z.int().min(1).nullable(),
  })
  .meta({ id: 'Segment' });
export type SegmentContract = z.infer<typeof segmentSchema>;

const objectReferenceShape = { seriesInstanceUID: uidSchema, sopInstanceUID: uidSchema };

/** What opening has changed: values cut to inside and outside, pixels moved to the nearest voxel, or left out. */
const openingWarningSchema = z.strictObject({
  code: z.enum(['fractional-thresholded', 'moved-to-grid', 'image-missing']),
  detail: z.string(),
});

const openedObjectSchema = z
  .strictObject({ ...objectReferenceShape, warnings: z.array(openingWarningSchema) })
  .meta({ id: 'OpenedObject' });

export const segmentationSchema = z
  .strictObject({
    id: segmentationIdSchema,
    studyInstanceUID: uidSchema,
    seriesInstanceUID: uidSchema,
    image: z.exactOptional(imageReferenceSchema),
    model: z.string(),
    createdAt: z.iso.datetime(),
    /** The DICOM segmentation that it was opened from; absent: it was begun here. */
    openedFrom: z.exactOptional(openedObjectSchema),
    version: z.int().min(0),
    segments: z.array(segmentSchema),
    stored: z.array(
      z.strictObject({
        seriesInstanceUID: uidSchema,
        sopInstanceUID: uidSchema,
        version: z.int().min(0),
        /** Absent when none was asked for. */
        measurementReport: z
          .strictObject({ seriesInstanceUID: uidSchema, sopInstanceUID: uidSchema })
          .optional(),
      }),
    ),
  })
  .meta({ id: 'Segmentation' });
export type SegmentationContract = z.infer<typeof segmentationSchema>;

/** What the reader should know of a save that has succeeded. */
const savingWarningSchema = z.strictObject({ code: z.enum(['nothing-learned']), detail: z.string() });

export const savedSegmentationSchema = segmentationSchema
  .extend({
    warnings: z.exactOptional(z.array(savingWarningSchema)).meta({ description: 'Absent: nothing to say' }),
  })
  .meta({ id: 'SavedSegmentation' });
export type SavedSegmentationContract = z.infer<typeof savedSegmentationSchema>;

/** Where an object lies that was stored in the archive. */
export const storedObjectSchema = z
  .strictObject({
    ...{ studyInstanceUID: uidSchema, seriesInstanceUID: uidSchema, sopInstanceUID: uidSchema },
  })
  .meta({ id: 'StoredObject' });
export type StoredObject = z.infer<typeof storedObjectSchema>;

export const createSegmentationRequestSchema = z
  .strictObject({
    studyInstanceUID: uidSchema,
    seriesInstanceUID: uidSchema,
    image: z.exactOptional(imageReferenceSchema),
    model: z.string().min(1).max(64).default('default'),
    segments: z
      .array(z.strictObject({ label: labelSchema, colour: colourRgbSchema.optional() }))
      .max(256)
      .default([]),
  })
  .meta({ id: 'CreateSegmentationRequest' });
export type CreateSegmentationRequest = z.input<typeof createSegmentationRequestSchema>;

export const openSegmentationRequestSchema = z
  .strictObject({
    studyInstanceUID: uidSchema,
    /** The images. */
    seriesInstanceUID: uidSchema,
    image: z.exactOptional(imageReferenceSchema),
    model: z.string().min(1).max(64).default('default'),
    object: z
      .strictObject(objectReferenceShape)
      .meta({ description: 'The DICOM segmentation, in the same study' }),
  })
  .meta({ id: 'OpenSegmentationRequest' });

export const addSegmentRequestSchema = z
  .strictObject({ label: labelSchema, colour: colourRgbSchema.optional() })
  .meta({ id: 'AddSegmentRequest' });

export const changeSegmentRequestSchema = z
  .strictObject({ label: labelSchema.optional(), colour: colourRgbSchema.optional() })
  .refine(change => change.label !== undefined || change.colour !== undefined, 'name a label or a colour')
  .meta({ id: 'ChangeSegmentRequest' });

export const segmentationListSchema = z
  .strictObject({ segmentations: z.array(segmentationSchema) })
  .meta({ id: 'SegmentationList' });

/** What a prompt, undo, redo or clear did, as `application/json`. */
export const segmentUpdateSchema = z
  .strictObject({
    segmentationId: segmentationIdSchema,
    version: z.int().min(0),
    segment: segmentSchema.omit({ prompts: true }).extend({ promptCount: z.int().min(0) }),
    /** Slice indices k of the volume whose frames changed, ascending; empty when nothing changed. */
    changedSlices: z.array(z.int().min(0)),
    /** Of the series that a prompt was answered from; empty after undo, redo and clear, which read no values. */
    warnings: z.array(warningSchema),
  })
  .meta({ id: 'SegmentUpdate' });
export type SegmentUpdate = z.infer<typeof segmentUpdateSchema>;

/**
 * Beside an `application/dicom` body, as compact JSON in a header. That body names the slices: it is a SEG of one
 * segment (number 1) with one frame for every slice that changed, empty frames included, and the viewer replaces exactly
 * those. A list of them would grow the header with the series; proxies take 4 KB of all headers.
 */
export const segmentUpdateHeaderSchema = segmentUpdateSchema
  .omit({ changedSlices: true })
  .meta({ id: 'SegmentUpdateHeader' });
export type SegmentUpdateHeader = z.infer<typeof segmentUpdateHeaderSchema>;

export const SEGMENT_UPDATE_HEADER = 'Tomoclick-Segment-Update';

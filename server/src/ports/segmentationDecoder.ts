import type { DecodedSegmentation } from '../domain/decodedSegmentation.ts';

/** Reads DICOM segmentations of any writer. */
export interface SegmentationDecoder {
  /** @throws Problem unsupported-segmentation when it is none, or lacks what places it in the patient; unsupported-pixel-data */
  decode(part10: Uint8Array): Promise<DecodedSegmentation>;
}

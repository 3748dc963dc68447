/** Takes finished objects: segmentations and the reports on them. Implemented by the folder archive and by the DICOMweb client. */
export interface SegmentationArchive {
  /**
   * Stores one Part 10 object in its study; when this resolves it is durable.
   * @throws Problem archive-rejected, archive-unreachable, archive-timeout
   */
  store(studyInstanceUID: string, part10: Uint8Array, signal: AbortSignal): Promise<void>;
}

/** Takes finished objects: segmentations and the reports on them. Implemented by the folder archive and by the DICOMweb client. */
export interface SegmentationArchive {
  /**
   * Stores one Part 10 object in its study; when this resolves it is durable. An instance that the archive has is
   * stored: what is saved has its UIDs from its content.
   * @throws Problem archive-rejected, archive-unreachable, archive-timeout
   */
  store(studyInstanceUID: string, part10: Uint8Array, signal: AbortSignal): Promise<void>;
}

import type { DicomJsonDataset } from '../domain/dicomJson.ts';

/** A study, a series of it, or an instance of that. */
export interface ArchiveScope {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID?: string;
  readonly sopInstanceUID?: string;
}

export interface InstanceReference extends Required<ArchiveScope> {
  readonly sopClassUID: string;
  readonly transferSyntaxUID: string;
  readonly byteSize: number;
}

export type QueryLevel = 'study' | 'series' | 'instance';

/** A search (PS3.18 10.6). */
export interface ArchiveQuery {
  readonly level: QueryLevel;
  readonly studyInstanceUID?: string;
  readonly seriesInstanceUID?: string;
  /** Matching keys by tag, values as in the URL: wildcards, ranges and lists by the VR of the attribute. */
  readonly matches: ReadonlyMap<string, string>;
  /** Person names match by the beginnings of their words, whatever their order, case and accents. */
  readonly fuzzyMatching: boolean;
  /** Tags to return beside those of PS3.18 10.6.3.3. */
  readonly includeFields: 'all' | readonly string[];
  readonly limit: number;
  readonly offset: number;
}

/** Frames of one instance, in the order asked for. */
export interface FrameSet {
  /** Explicit VR Little Endian for native pixel data, else that of the file. */
  readonly transferSyntaxUID: string;
  /** 1-based. */
  readonly frameNumbers: readonly number[];
  readonly frames: AsyncIterable<Uint8Array>;
}

/** What became of one object that was sent to be stored. */
export type StoreOutcome =
  | { readonly kind: 'stored'; readonly instance: InstanceReference }
  | {
      readonly kind: 'failed';
      readonly sopClassUID?: string;
      readonly sopInstanceUID?: string;
      /** FailureReason (0008,1197), PS3.18 table I.2-2. */
      readonly failureReason: number;
      /** Safe to show. */
      readonly detail: string;
    };

/** Uncompressed pixel data, little endian; read as it is taken. */
export interface PixelData {
  readonly byteLength: number;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** An archive that speaks DICOMweb at our door. Implemented by the folder archive. */
export interface DicomWebArchive {
  /** @throws Problem invalid-request for a key that cannot be matched */
  search(query: ArchiveQuery): Promise<readonly DicomJsonDataset[]>;
  /**
   * DICOM JSON text of every instance, in order of series and instance number.
   * @param rootUri what BulkDataURIs start with: URI of the DICOMweb root, without a trailing slash
   * @throws Problem not-found before the first
   */
  metadata(scope: ArchiveScope, rootUri: string): AsyncIterable<string>;
  /** In order of series and instance number. @throws Problem not-found when there is none */
  instances(scope: ArchiveScope): Promise<readonly InstanceReference[]>;
  /** The Part 10 file. @throws Problem not-found */
  read(instance: InstanceReference): AsyncIterable<Uint8Array>;
  /**
   * @param frameNumbers 1-based; all frames when absent
   * @throws Problem not-found for a frame that does not exist, unsupported-pixel-data
   */
  frames(instance: InstanceReference, frameNumbers?: readonly number[]): Promise<FrameSet>;
  /**
   * A Part 10 file of one frame alone, with what its pixels are read by; nothing else of the instance is in memory.
   * @param frameNumber 1-based
   * @throws Problem not-found for a frame that does not exist, unsupported-pixel-data
   */
  frameFile(instance: InstanceReference, frameNumber: number): Promise<Uint8Array>;
  /**
   * A binary value, little endian.
   * @param path tag, or sequence tag, item (1-based), tag …
   * @throws Problem not-found; for pixel data as well, which `pixelData` and `frames` give
   */
  bulkData(instance: InstanceReference, path: readonly string[]): Promise<Uint8Array>;
  /**
   * Uncompressed pixel data as one value.
   * @param tag of the pixel data
   * @throws Problem not-found; for compressed pixel data as well, which `frames` gives
   */
  pixelData(instance: InstanceReference, tag: string): Promise<PixelData>;
  /**
   * Stores Part 10 objects, whole or not at all, one outcome each. They are durable when the iteration has ended.
   * An instance is never replaced: the same data set again counts as stored, another one under a known
   * SOPInstanceUID fails.
   * @param studyInstanceUID when given, objects of other studies fail
   */
  storeInstances(
    objects: AsyncIterable<AsyncIterable<Uint8Array>>,
    studyInstanceUID: string | undefined,
    signal: AbortSignal,
  ): AsyncIterable<StoreOutcome>;
  /** @throws Problem not-found */
  remove(scope: ArchiveScope): Promise<void>;
}

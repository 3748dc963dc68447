import type { Readable } from 'node:stream';

/** Whole files under the hash of their content. */
export interface FileStore {
  /**
   * Durable when this resolves; a file that breaks off or is too large leaves nothing behind.
   * @returns SHA-256 in lower-case hex
   * @throws Problem payload-too-large
   */
  put(content: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string>;
  /** Whether a file of this hash is there. */
  has(sha256: string): Promise<boolean>;
  /** Absolute path of a file that was put. */
  pathOf(sha256: string): string;
  /** The content of a file that was put. */
  read(sha256: string): Readable;
  /** Removes a file, if it is there. */
  remove(sha256: string): Promise<void>;
  /** Removes all other files but those put a short while ago: whoever put them may be about to say so. */
  keepOnly(sha256s: ReadonlySet<string>): Promise<void>;
}

import { availableParallelism } from 'node:os';
import type { DecodedSlice } from '../../domain/decodedSlice.ts';
import { mapAhead } from '../../domain/mapAhead.ts';
import { DEFAULT_SERIES_LIMITS } from '../../domain/seriesLimits.ts';
import type { DecodedFrame, FrameDecoder } from '../../ports/frameDecoder.ts';
import type { SliceDecoder } from '../../ports/sliceDecoder.ts';
import type { SharedFile } from './decodeProtocol.ts';
import { DecodeThreads, type DecodeThreadsOptions } from './decodeThreads.ts';
import { DicomFrameDecoder } from './dicomFrameDecoder.ts';
import { DicomSliceDecoder } from './dicomSliceDecoder.ts';
import { transferSyntaxUIDOf } from './part10.ts';
import { DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN, transferSyntaxOf } from './transferSyntax.ts';

const MOST_THREADS = 4;
const DEFAULT_OPTIONS: DecodeThreadsOptions = {
  maxThreads: Math.min(MOST_THREADS, availableParallelism()),
  timeoutMs: 30_000,
  maxHeapMb: 2048,
  maxHeaderBytes: DEFAULT_SERIES_LIMITS.maxHeaderBytes,
};

/**
 * Decodes what is compressed in threads, several images at a time, and what is not where it is called: to copy
 * uncompressed pixels to a thread and back would take longer than to read them.
 */
export class ThreadedDecoder implements SliceDecoder, FrameDecoder {
  readonly #threads: DecodeThreads;
  readonly #slices: DicomSliceDecoder;
  readonly #frames: DicomFrameDecoder;
  #fileCount = 0;

  constructor(options: Partial<DecodeThreadsOptions> = {}) {
    const all = { ...DEFAULT_OPTIONS, ...options };
    this.#threads = new DecodeThreads(all);
    this.#slices = new DicomSliceDecoder(all.maxHeaderBytes);
    this.#frames = new DicomFrameDecoder(all.maxHeaderBytes);
  }

  async *slicesOf(part10: Uint8Array): AsyncGenerator<DecodedSlice, void, undefined> {
    if (!isCompressed(part10)) return yield* this.#slices.slicesOf(part10);
    const file = this.#share(part10);
    const first = await this.#threads.run({ kind: 'slice', file, frameIndex: 0 });
    yield first.slice;
    const others = Array.from({ length: first.numberOfFrames - 1 }, (_, index) => index + 1);
    yield* mapAhead(others, MOST_THREADS, async frameIndex => {
      const { slice } = await this.#threads.run({ kind: 'slice', file, frameIndex });
      return slice;
    });
  }

  decodeFrame(part10: Uint8Array, frameIndex: number): Promise<DecodedFrame> {
    if (!isCompressed(part10)) return this.#frames.decodeFrame(part10, frameIndex);
    return this.#threads.run({ kind: 'frame', file: this.#share(part10), frameIndex });
  }

  /** What is being decoded fails as cancelled. */
  close(): Promise<void> {
    return this.#threads.close();
  }

  #share(bytes: Uint8Array): SharedFile {
    const part10 = new Uint8Array(new SharedArrayBuffer(bytes.length));
    part10.set(bytes);
    return { fileId: ++this.#fileCount, part10 };
  }
}

function isCompressed(part10: Uint8Array): boolean {
  const uid = transferSyntaxUIDOf(part10);
  return (
    uid === DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN || (transferSyntaxOf(uid)?.encoding ?? 'native') !== 'native'
  );
}

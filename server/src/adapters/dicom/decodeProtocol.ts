import type { DecodedSlice } from '../../domain/decodedSlice.ts';
import type { ProblemCode } from '../../domain/errors.ts';
import type { DecodedFrame } from '../../ports/frameDecoder.ts';

/** What a decoding thread is told when it begins. */
export interface DecodeThreadData {
  readonly maxHeaderBytes: number;
}

/** A file in memory that all threads see, so that the frames of one file need one copy of it. */
export interface SharedFile {
  readonly fileId: number;
  readonly part10: Uint8Array<SharedArrayBuffer>;
}

/** What a decoding thread is asked; `frameIndex` is 0-based. */
export interface DecodeTask {
  readonly kind: keyof DecodeResults;
  readonly file: SharedFile;
  readonly frameIndex: number;
}

export interface DecodeResults {
  readonly slice: { readonly slice: DecodedSlice; readonly numberOfFrames: number };
  readonly frame: DecodedFrame;
}

/** What it answers. Errors lose their class on the way, so that Problems travel as what they are made of. */
export type DecodeReply =
  | { readonly kind: 'done'; readonly result: DecodeResults[DecodeTask['kind']] }
  | {
      readonly kind: 'refused';
      readonly code: ProblemCode;
      readonly detail: string;
      readonly facts: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'failed'; readonly message: string };

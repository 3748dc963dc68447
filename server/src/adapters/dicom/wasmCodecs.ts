import dcmjsCodecs from 'dcmjs-codecs';
import type { PixelEncoding } from './transferSyntax.ts';
import type { CodestreamHeader } from './codestream.ts';

const { Context, NativeCodecs } = dcmjsCodecs;

export type WasmEncoding = Exclude<PixelEncoding, 'native' | 'rle'>;

export interface DecodedCodestream {
  /** Little-endian samples of 8 or 16 bits. */
  readonly bytes: Uint8Array;
  readonly bitsAllocated: 8 | 16;
  readonly isPlanar: boolean;
  readonly photometricInterpretation: string;
}

let initialising: Promise<void> | undefined;

/** Loads the codecs once; the first caller waits some 50 ms. */
export async function loadWasmCodecs(): Promise<void> {
  initialising ??= NativeCodecs.initializeAsync();
  await initialising;
}

/**
 * Decodes one frame; call `loadWasmCodecs` before.
 * @throws Error from the codec when the frame is damaged
 */
export function decodeCodestream(
  encoding: WasmEncoding,
  frame: Uint8Array,
  header: CodestreamHeader,
  pixel: { readonly isSigned: boolean; readonly photometricInterpretation: string },
): DecodedCodestream {
  const bitsAllocated = header.bitsPerSample <= 8 ? 8 : 16;
  const context = new Context({
    width: header.columns,
    height: header.rows,
    bitsAllocated,
    bitsStored: header.bitsPerSample,
    samplesPerPixel: header.samplesPerPixel,
    pixelRepresentation: pixel.isSigned ? 1 : 0,
    planarConfiguration: 0,
    photometricInterpretation: pixel.photometricInterpretation,
    encodedBuffer: frame,
  });
  try {
    const decoded = run(encoding, context);
    return {
      bytes: decoded.getDecodedBuffer() ?? new Uint8Array(0),
      bitsAllocated,
      isPlanar: decoded.getPlanarConfiguration() === 1,
      photometricInterpretation: decoded.getPhotometricInterpretation() ?? pixel.photometricInterpretation,
    };
  } catch (error) {
    // A trap leaves the memory of the module in an unknown state: the next frame gets a new one.
    if (error instanceof WebAssembly.RuntimeError) {
      NativeCodecs.release();
      initialising = undefined;
    }
    throw error;
  }
}

function run(encoding: WasmEncoding, context: InstanceType<typeof Context>): InstanceType<typeof Context> {
  switch (encoding) {
    case 'jpeg':
      return NativeCodecs.decodeJpeg(context, { convertColorspaceToRgb: context.getSamplesPerPixel() === 3 });
    case 'jpeg-ls':
      return NativeCodecs.decodeJpegLs(context);
    case 'jpeg-2000':
      return NativeCodecs.decodeJpeg2000(context);
    case 'ht-jpeg-2000':
      return NativeCodecs.decodeHtJpeg2000(context);
  }
}

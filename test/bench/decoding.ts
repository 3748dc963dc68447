import { DicomFrameDecoder } from '../../server/src/adapters/dicom/dicomFrameDecoder.ts';
import { seededRandom } from '../../server/src/adapters/demoStudy/random.ts';
import { convertedByDcmtk, hasDcmtk, type DcmtkProgram } from '../external/dcmtk.ts';
import { jpeg2000Encoded } from '../fixtures/jpeg2000Encoded.ts';
import { imageAttributes, part10Of } from '../fixtures/part10.ts';
import { median, type Measure } from './table.ts';

const SIZE = 512;
const ROUNDS = 15;
/** The first ones load and compile the codecs. */
const WARM_UP_ROUNDS = 3;

const IMAGE = { Rows: SIZE, Columns: SIZE, PixelRepresentation: 1 };

/** CT-like: smooth bodies with edges, and noise. */
function ctLikePixels(): Int16Array {
  const random = seededRandom(1);
  return Int16Array.from({ length: SIZE * SIZE }, (_, n) => {
    const [x, y] = [(n % SIZE) / SIZE - 0.5, Math.floor(n / SIZE) / SIZE - 0.5];
    const body = Math.hypot(x, y * 1.3) < 0.42 ? 40 + 60 * Math.sin(14 * x) * Math.cos(11 * y) : -1000;
    return Math.round(body + 30 * (random() + random() - 1));
  });
}

/** By name, a Part 10 file of the same image in each transfer syntax. */
async function encodedImages(pixels: Int16Array): Promise<ReadonlyMap<string, Uint8Array>> {
  const bytes = new Uint8Array(pixels.buffer);
  const plain = part10Of(imageAttributes({ ...IMAGE, PixelData: bytes }));
  const files = new Map<string, Uint8Array>([['uncompressed', plain]]);
  const dcmtk: readonly (readonly [string, DcmtkProgram, ...string[]])[] = [
    ['big endian', 'dcmconv', '+tb'],
    ['deflated', 'dcmconv', '+td'],
    ['RLE', 'dcmcrle'],
    ['JPEG lossless .57', 'dcmcjpeg', '+el'],
    ['JPEG lossless .70', 'dcmcjpeg', '+e1'],
    ['JPEG-LS', 'dcmcjpls', '+el'],
  ];
  if (hasDcmtk()) {
    for (const [name, program, ...options] of dcmtk)
      files.set(name, convertedByDcmtk(plain, program, options));
  } else {
    console.log('SKIPPED: decoding of what dcmtk encodes: dcmtk is not installed');
  }
  for (const name of ['JPEG 2000', 'HTJ2K'] as const) {
    files.set(name, await jpeg2000Encoded(name, imageAttributes({ ...IMAGE, PixelData: bytes })));
  }
  return files;
}

/** Milliseconds to decode one image of 512 × 512 × 16 bits, on one thread. */
export async function decodingMeasures(): Promise<Measure[]> {
  const pixels = ctLikePixels();
  const decoder = new DicomFrameDecoder();
  const measures: Measure[] = [];
  for (const [name, file] of await encodedImages(pixels)) {
    const times: number[] = [];
    for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
      const started = performance.now();
      const frame = await decoder.decodeFrame(file, 0);
      if (round >= WARM_UP_ROUNDS) times.push(performance.now() - started);
      if (!pixels.every((value, n) => value === frame.pixels[n])) throw new Error(`${name} is not bit-exact`);
    }
    const note = `${(file.length / 1024).toFixed(0)} KB`;
    measures.push({ name: `decoding, ${name}`, value: median(times), unit: 'ms', note });
  }
  return measures;
}

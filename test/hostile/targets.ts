import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ThreadedDecoder } from '../../server/src/adapters/dicom/threadedDecoder.ts';
import { seededRandom } from '../../server/src/adapters/demoStudy/random.ts';
import { Problem, type ProblemCode } from '../../server/src/domain/errors.ts';
import { memorySource } from '../../server/src/formats/byteSource.ts';
import { MalformedDataSetError } from '../../server/src/formats/dataSetReader.ts';
import { toDicomJson } from '../../server/src/formats/dicomJson.ts';
import { frameCountOf, readFrame, readFrameLayout } from '../../server/src/formats/frameLayout.ts';
import { collectPart, parseMultipart, writeMultipart } from '../../server/src/formats/multipart.ts';
import { readPart10 } from '../../server/src/formats/part10.ts';
import { SAMPLES } from '../archive/dicomWebSamples.ts';
import { testDataFolder } from '../data/testData.ts';
import { enhancedAttributes } from '../fixtures/enhancedImage.ts';
import { imageAttributes, part10Of, type Attributes } from '../fixtures/part10.ts';
import { mutated } from './mutation.ts';

/** A parser that strangers feed. */
export interface HostileTarget {
  readonly name: string;
  /** What it reads when nobody has tampered with it. */
  readonly samples: readonly Uint8Array[];
  /** Rejects with what the parser throws. */
  readonly read: (bytes: Uint8Array, seed: number) => Promise<unknown>;
  /** Whether that is how it refuses; anything else is a bug. */
  readonly isRefusal: (error: unknown) => boolean;
}

const BOUNDARY = 'b0undary';
const PLACED: Attributes = {
  ImagePositionPatient: '0\\0\\0',
  ImageOrientationPatient: '1\\0\\0\\0\\1\\0',
  PixelSpacing: '1\\1',
  FrameOfReferenceUID: '1.2.9',
};

/** Real files where the test data are at hand, and those of the tests. */
export function part10Samples(): readonly Uint8Array[] {
  const made = [
    ...SAMPLES,
    ...['1.2.840.10008.1.2', '1.2.840.10008.1.2.1', '1.2.840.10008.1.2.2'].map(transferSyntaxUID =>
      part10Of(imageAttributes(PLACED), { transferSyntaxUID }),
    ),
    part10Of({ ...enhancedAttributes(2), PixelData: Buffer.alloc(24, 1) }),
  ];
  const data = testDataFolder();
  if (!data) return made;
  const folder = join(data, 'dicom/pydicom-samples');
  return [...made, ...readdirSync(folder).map(name => readFileSync(join(folder, name)))];
}

/** The archive's reader: the header as JSON, where the frames lie, and the first of them. */
export function archiveTarget(): HostileTarget {
  return {
    name: 'the Part 10 reader of the archive',
    samples: part10Samples(),
    read: async bytes => {
      const file = await readPart10(memorySource(bytes));
      toDicomJson(file, path => path);
      const layout = await readFrameLayout(file);
      if (layout && frameCountOf(layout) > 0) await readFrame(file, layout, 1);
    },
    isRefusal: error => error instanceof MalformedDataSetError || isProblem(error, 'unsupported-pixel-data'),
  };
}

/** The decoder as the server has it: what is compressed goes to its threads. */
export function decoderTarget(decoder: ThreadedDecoder): HostileTarget {
  return {
    name: 'the image decoder',
    samples: part10Samples(),
    read: async (bytes, seed) => {
      if (seed % 2 === 0) await drain(decoder.slicesOf(bytes));
      else await decoder.decodeFrame(bytes, 0);
    },
    isRefusal: error => isProblem(error, 'unsupported-pixel-data', 'unsupported-geometry'),
  };
}

/** The multipart splitter, in chunks of any size, with and without the lengths of its parts. */
export async function multipartTarget(): Promise<HostileTarget> {
  const bodies = [
    Buffer.alloc(0),
    Buffer.from('short'),
    Buffer.alloc(5000, `\r\n--${BOUNDARY}`),
    ...SAMPLES.slice(0, 2),
  ];
  const whole: Uint8Array[] = [];
  for await (const chunk of writeMultipart(
    bodies.map(body => ({ headers: { 'Content-Type': 'application/dicom' }, body })),
    BOUNDARY,
  )) {
    whole.push(chunk);
  }
  const message = Buffer.concat(whole);
  const withoutLengths = Buffer.from(
    message.toString('latin1').replace(/Content-Length: \d+\r\n/g, ''),
    'latin1',
  );
  return {
    name: 'the multipart reader',
    samples: [message, withoutLengths],
    read: async (bytes, seed) => {
      for await (const part of parseMultipart(inChunks(bytes, seed), BOUNDARY)) {
        await collectPart(part, { maxBytes: 2 ** 20 });
      }
    },
    isRefusal: error => isProblem(error, 'invalid-request', 'payload-too-large'),
  };
}

export type Outcome = 'read' | 'refused';

/**
 * Feeds a damaged sample to a parser.
 * @throws Error that says how to repeat it, when the parser fails in any other way than by refusing
 */
export async function attack(target: HostileTarget, sampleIndex: number, seed: number): Promise<Outcome> {
  const sample = target.samples[sampleIndex % target.samples.length];
  if (!sample) throw new RangeError('the target has no samples');
  try {
    await target.read(mutated(sample, seed), seed);
    return 'read';
  } catch (error) {
    if (target.isRefusal(error)) return 'refused';
    throw new Error(`${target.name}, sample ${sampleIndex}, seed ${seed}: ${String(error)}`, {
      cause: error,
    });
  }
}

async function drain(items: AsyncIterable<unknown>): Promise<void> {
  const iterator = items[Symbol.asyncIterator]();
  while (!(await iterator.next()).done);
}

function isProblem(error: unknown, ...codes: readonly ProblemCode[]): boolean {
  return error instanceof Problem && codes.includes(error.code);
}

async function* inChunks(bytes: Uint8Array, seed: number): AsyncGenerator<Uint8Array> {
  const random = seededRandom(seed);
  const largest = random() < 0.3 ? 8 : 4096;
  for (let start = 0; start < bytes.length;) {
    const length = 1 + Math.floor(random() * largest);
    yield bytes.subarray(start, start + length);
    start += length;
    await Promise.resolve();
  }
}

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DicomJsonDataset } from '../domain/dicomJson.ts';
import { Problem } from '../domain/errors.ts';
import type { Raster } from '../domain/raster.ts';
import { brightnessOf, windowOfValues, type ValueWindow } from '../domain/valueWindow.ts';
import type { DicomWebArchive, InstanceReference } from '../ports/dicomWebArchive.ts';
import { macroOf, numbersOf, textOf } from '../domain/datasetValues.ts';
import { decodeStoredFrame, type DecodePorts } from './decodeStoredFrame.ts';
import { nativeSamples, type Samples } from './nativeSamples.ts';

const EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';

export type RenderPorts = DecodePorts;

/** Some 10 ms of work: a click is not to wait for a large radiograph. */
const PIXELS_A_TURN = 2 ** 20;

interface DecodedImage {
  readonly rows: number;
  readonly columns: number;
  readonly samplesPerPixel: number;
  readonly photometricInterpretation: string;
  readonly samples: Samples;
}

/**
 * A frame as a picture: windowed as asked, as its header says, or by its own values.
 * @param frameNumber 1-based
 * @throws Problem not-found, unsupported-pixel-data
 */
export async function renderFrame(
  instance: InstanceReference,
  frameNumber: number,
  window: ValueWindow | undefined,
  ports: RenderPorts,
): Promise<Raster> {
  const dataset = await readDataset(instance, ports.archive);
  const image = await readImage(instance, frameNumber, dataset, ports);
  if (image.samplesPerPixel === 3) return colourRaster(image);
  if (image.photometricInterpretation === 'PALETTE COLOR') {
    return paletteRaster(image, await readPalette(instance, dataset, ports.archive));
  }
  return greyRaster(image, dataset, frameNumber, window);
}

async function readDataset(instance: InstanceReference, archive: DicomWebArchive): Promise<DicomJsonDataset> {
  for await (const text of archive.metadata(instance, '')) return JSON.parse(text) as DicomJsonDataset;
  throw new Problem('not-found', 'The archive does not hold it.');
}

async function readImage(
  instance: InstanceReference,
  frameNumber: number,
  dataset: DicomJsonDataset,
  ports: RenderPorts,
): Promise<DecodedImage> {
  const { transferSyntaxUID, frames } = await ports.archive.frames(instance, [frameNumber]);
  if (transferSyntaxUID !== EXPLICIT_LITTLE_ENDIAN) {
    const { pixels, ...decoded } = await decodeStoredFrame(instance, frameNumber, ports);
    return { ...decoded, samples: pixels };
  }
  for await (const frame of frames) {
    return {
      rows: numbersOf(dataset, '00280010')[0] ?? 0,
      columns: numbersOf(dataset, '00280011')[0] ?? 0,
      samplesPerPixel: numbersOf(dataset, '00280002')[0] ?? 1,
      photometricInterpretation: textOf(dataset, '00280004'),
      samples: nativeSamples(dataset, frame),
    };
  }
  throw new Problem('not-found', 'The instance has no such frame.');
}

async function greyRaster(
  { rows, columns, samples, photometricInterpretation }: DecodedImage,
  dataset: DicomJsonDataset,
  frameNumber: number,
  asked: ValueWindow | undefined,
): Promise<Raster> {
  const transformation = macroOf(dataset, '00289145', frameNumber);
  const slope = numbersOf(transformation, '00281053')[0] ?? 1;
  const intercept = numbersOf(transformation, '00281052')[0] ?? 0;
  const toModality = (value: number): number => value * slope + intercept;
  const window =
    asked ??
    windowOfHeader(macroOf(dataset, '00289132', frameNumber)) ??
    windowOfValues(samples, toModality, numbersOf(dataset, '00280120')[0]);
  const isInverse = photometricInterpretation === 'MONOCHROME1' || textOf(dataset, '20500020') === 'INVERSE';
  const pixels = new Uint8Array(rows * columns);
  for (let index = 0; index < pixels.length; index++) {
    if (index % PIXELS_A_TURN === PIXELS_A_TURN - 1) await nextTurn();
    const brightness = Math.round(brightnessOf(toModality(samples[index] ?? 0), window));
    pixels[index] = isInverse ? 255 - brightness : brightness;
  }
  return { rows, columns, channels: 1, samples: pixels };
}

function windowOfHeader(dataset: DicomJsonDataset): ValueWindow | undefined {
  const [center] = numbersOf(dataset, '00281050');
  const [width] = numbersOf(dataset, '00281051');
  if (center === undefined || width === undefined || width <= 0) return undefined;
  const shape = { LINEAR_EXACT: 'linear-exact', SIGMOID: 'sigmoid' } as const;
  const name = textOf(dataset, '00281056');
  return { center, width, shape: name === 'LINEAR_EXACT' || name === 'SIGMOID' ? shape[name] : 'linear' };
}

function colourRaster({ rows, columns, samples, photometricInterpretation }: DecodedImage): Raster {
  if (photometricInterpretation === 'RGB') {
    return { rows, columns, channels: 3, samples: Uint8Array.from(samples) };
  }
  if (!photometricInterpretation.startsWith('YBR_FULL')) {
    throw new Problem('unsupported-pixel-data', 'The colours of the image are not shown.', {
      photometricInterpretation,
    });
  }
  const rgb = new Uint8ClampedArray(rows * columns * 3);
  for (let at = 0; at + 2 < rgb.length; at += 3) {
    const [y, cb, cr] = [samples[at]!, samples[at + 1]! - 128, samples[at + 2]! - 128];
    // PS3.3 C.7.6.3.1.2
    rgb.set([y + 1.402 * cr, y - 0.344136 * cb - 0.714136 * cr, y + 1.772 * cb], at);
  }
  return { rows, columns, channels: 3, samples: new Uint8Array(rgb.buffer) };
}

interface Palette {
  readonly firstValue: number;
  /** Red, green and blue, 0–255. */
  readonly channels: readonly (readonly number[])[];
}

async function readPalette(
  instance: InstanceReference,
  dataset: DicomJsonDataset,
  archive: DicomWebArchive,
): Promise<Palette> {
  const [count = 0, firstValue = 0, bits = 8] = numbersOf(dataset, '00281101');
  const entryCount = count === 0 ? 65_536 : count;
  const channels = await Promise.all(
    ['00281201', '00281202', '00281203'].map(async tag => {
      const bytes = await archive.bulkData(instance, [tag]);
      // Entries of 8 bits lie in bytes, or each in a word (PS3.3 C.7.6.3.1.6).
      const isWide = bytes.length >= entryCount * 2;
      const shift = bits === 16 ? 8 : 0;
      return Array.from({ length: entryCount }, (_, index) => {
        const value = isWide
          ? (bytes[index * 2] ?? 0) | ((bytes[index * 2 + 1] ?? 0) << 8)
          : (bytes[index] ?? 0);
        return isWide ? value >> shift : value;
      });
    }),
  );
  return { firstValue, channels };
}

function paletteRaster({ rows, columns, samples }: DecodedImage, palette: Palette): Raster {
  const pixels = new Uint8Array(rows * columns * 3);
  for (let index = 0; index < rows * columns; index++) {
    const last = (palette.channels[0]?.length ?? 1) - 1;
    const entry = Math.min(Math.max((samples[index] ?? 0) - palette.firstValue, 0), last);
    palette.channels.forEach((channel, c) => (pixels[index * 3 + c] = channel[entry] ?? 0));
  }
  return { rows, columns, channels: 3, samples: pixels };
}

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findPython } from '../../../../test/external/python.ts';
import { enhancedAttributes } from '../../../../test/fixtures/enhancedImage.ts';
import { imageAttributes, part10Of, type Attributes } from '../../../../test/fixtures/part10.ts';
import type { DecodedSlice } from '../../domain/decodedSlice.ts';
import { sharedMeaning } from '../../domain/valueMeaning.ts';
import { firstSliceOf } from '../../../../test/fixtures/firstSlice.ts';

const SCRIPT = resolve(import.meta.dirname, '../../../../test/python/writeValueImages.py');
const PLACED: Attributes = {
  ImagePositionPatient: '0\\0\\0',
  ImageOrientationPatient: '1\\0\\0\\0\\1\\0',
  PixelSpacing: '1\\1',
  FrameOfReferenceUID: '1.2.9',
};

/** Names as the script gives them, so that a test stands for each also where there is no Python. */
const VALUE_IMAGES = [
  ...['u1-8', 'i1-8', 'u2-16', 'i2-16', 'u2-12', 'i2-12', 'i2-12-overlay', 'i2-12-high'],
  ...['mr-fractional', 'mr-unspecified', 'mr-diffusion', 'implicit', 'big-endian'],
  ...['lut-signed', 'lut-unsigned', 'lut-8', 'padding', 'padding-range', 'padding-among-values'],
  ...['monochrome1-ct', 'monochrome1-mr'],
];
const SUV_IMAGES = [
  ...['pet-plain', 'pet-dated', 'pet-administration', 'pet-gml', 'pet-midnight', 'pet-siemens', 'pet-ge'],
  ...['pet-philips-suv', 'pet-philips-activity', 'pet-zone'],
  ...['activity', 'kilobecquerels', 'to-injection', 'zones', 'suv'].map(name => `enhanced-pet-${name}`),
];
/** What is named as missing. */
const IMAGES_WITHOUT_SUV: Readonly<Record<string, readonly string[]>> = {
  'pet-no-weight': ['PatientWeight'],
  'pet-weight-in-grams': ['PatientWeight'],
  'pet-no-dose': ['RadionuclideTotalDose'],
  'pet-dose-in-mbq': ['RadionuclideTotalDose'],
  'pet-no-half-life': ['RadionuclideHalfLife'],
  'pet-no-start': ['RadiopharmaceuticalStartDateTime'],
  'pet-no-correction': ['CorrectedImage'],
  'pet-decay-not-corrected': ['DecayCorrection'],
  'pet-slow-tracer-without-date': ['RadiopharmaceuticalStartDateTime'],
  'pet-changed-dates': ['RadiopharmaceuticalStartDateTime'],
  'pet-overwritten': ['SeriesTime'],
  'pet-overwritten-reference': ['SeriesTime'],
  'pet-counts': ['Units'],
  'enhanced-pet-no-weight': ['PatientWeight'],
  'enhanced-pet-no-date': ['DecayCorrectionDateTime'],
  'enhanced-pet-not-corrected': ['AttenuationCorrected', 'DecayCorrected'],
  'enhanced-pet-unmapped': ['RealWorldValueMappingSequence'],
};

const python = findPython(['pydicom', 'numpy']);
if (!python) console.log('SKIPPED: values against pydicom: no Python with pydicom is found');
const describeWithPython = python ? describe : describe.skip;

const folder = mkdtempSync(join(tmpdir(), 'tomoclick-values-'));
let expected: Readonly<Record<string, { readonly units: string; readonly values: readonly number[] }>> = {};

beforeAll(() => {
  if (!python) return;
  const run = spawnSync(python, [SCRIPT, folder], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(run.stderr || String(run.error));
  expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as typeof expected;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function valuesOf({ pixels, rescaleSlope, rescaleIntercept, valueMeaning }: DecodedSlice): number[] {
  const { factor } = sharedMeaning([valueMeaning]);
  return Array.from(pixels, pixel => (pixel * rescaleSlope + rescaleIntercept) * factor);
}

async function decoded(name: string): Promise<DecodedSlice> {
  return firstSliceOf(readFileSync(join(folder, `${name}.dcm`)));
}

/** Largest difference, relative to the largest value. */
function deviation(actual: readonly number[], wanted: readonly number[]): number {
  expect(actual).toHaveLength(wanted.length);
  const scale = Math.max(...wanted.map(Math.abs));
  return Math.max(...actual.map((value, index) => Math.abs(value - (wanted[index] ?? NaN)))) / scale;
}

describeWithPython('the values of an image', () => {
  test('are tested for every image that is written', () => {
    const named = [...VALUE_IMAGES, ...SUV_IMAGES, ...Object.keys(IMAGES_WITHOUT_SUV)];
    expect(Object.keys(expected).sort()).toEqual(named.sort());
  });

  for (const name of VALUE_IMAGES) {
    test(`(${name}) are those that pydicom gives`, async () => {
      const slice = await decoded(name);
      expect(slice.valueMeaning).toEqual({ units: expected[name]?.units, warnings: [] });
      expect(deviation(valuesOf(slice), expected[name]?.values ?? [])).toBeLessThan(1e-12);
    });
  }

  for (const name of SUV_IMAGES) {
    test(`(${name}) are body-weight SUV`, async () => {
      const slice = await decoded(name);
      expect(sharedMeaning([slice.valueMeaning]).meaning).toEqual({ units: 'SUVbw', warnings: [] });
      expect(expected[name]?.units).toBe('SUVbw');
      // Times are written in microseconds, decay in doubles.
      expect(deviation(valuesOf(slice), expected[name]?.values ?? [])).toBeLessThan(1e-9);
    });
  }

  for (const [name, keywords] of Object.entries(IMAGES_WITHOUT_SUV)) {
    test(`(${name}) stay as they are, and what SUV lacks is named`, async () => {
      const slice = await decoded(name);
      expect(slice.valueMeaning).toMatchObject({
        units: expected[name]?.units,
        warnings: [{ code: 'suv-unknown', keywords }],
      });
      expect(deviation(valuesOf(slice), expected[name]?.values ?? [])).toBeLessThan(1e-12);
    });
  }
});

describe('an image', () => {
  const decode = (changes: Attributes): Promise<DecodedSlice> =>
    firstSliceOf(part10Of(imageAttributes({ ...PLACED, ...changes })));
  const table = (changes: Attributes): Attributes => ({
    ModalityLUTSequence: [{ LUTDescriptor: [3, 0, 16], LUTData: Buffer.alloc(6), ...changes }],
  });

  test('whose modality table contradicts itself, or its rescale, is refused', async () => {
    const wrong: Attributes[] = [
      table({ LUTData: Buffer.alloc(4) }),
      table({ LUTDescriptor: [3, 0, 32] }),
      table({ LUTDescriptor: [0, 0, 16] }),
      table({ LUTDescriptor: [] }),
      { ...table({}), RescaleSlope: '1', RescaleIntercept: '0' },
    ];
    for (const changes of wrong) {
      await expect(decode(changes)).rejects.toMatchObject({ code: 'unsupported-pixel-data' });
    }
    expect((await decode(table({}))).valueMeaning.units).toBe('HU');
  });

  test('of several frames is rescaled as a whole where its frames say nothing, as in secondary captures', async () => {
    const PixelData = Buffer.alloc(12, 1);
    const groups = enhancedAttributes(1);
    const rescale = { RescaleSlope: '2', RescaleIntercept: '-1024', RescaleType: 'HU' };
    const [frameGroups] = groups['PerFrameFunctionalGroupsSequence'] as readonly Attributes[];
    const { PixelValueTransformationSequence: _, ...placed } = frameGroups ?? {};
    const asWhole = { ...groups, ...rescale, PixelData, PerFrameFunctionalGroupsSequence: [placed] };
    const rescaled = { rescaleSlope: 2, rescaleIntercept: -1024, valueMeaning: { units: 'HU' } };
    expect(await firstSliceOf(part10Of(asWhole))).toMatchObject(rescaled);
    // What a frame says of itself is meant, whatever a converter has left beside it.
    const perFrame = await firstSliceOf(part10Of({ ...groups, ...rescale, PixelData }));
    expect(perFrame).toMatchObject({ rescaleSlope: 0.5, rescaleIntercept: 0 });
  });

  test('of PET after two injections has no SUV: whose activity is seen is not told', async () => {
    const tracer = { RadionuclideTotalDose: '370000000', RadionuclideHalfLife: '6586.2' };
    const pet = (tracers: readonly Attributes[]): Promise<DecodedSlice> =>
      decode({
        ...{ Modality: 'PT', Units: 'BQML', CorrectedImage: 'DECY\\ATTN', DecayCorrection: 'ADMIN' },
        ...{ PatientWeight: '70', RadiopharmaceuticalInformationSequence: tracers },
      });
    const { valueMeaning } = await pet([tracer, { ...tracer, RadionuclideTotalDose: '150000000' }]);
    expect(valueMeaning).toMatchObject({
      units: 'BQML',
      warnings: [{ code: 'suv-unknown', keywords: ['RadionuclideTotalDose'] }],
    });
    // Told twice it is the same one.
    const factor = 70_000 / 370e6;
    for (const tracers of [[tracer], [tracer, tracer]]) {
      expect((await pet(tracers)).valueMeaning.suvbwFactor).toBeCloseTo(factor, 15);
    }
  });

  test('that is nothing but padding stays as it is', async () => {
    const pixels = Buffer.from(Uint16Array.of(9, 9, 9, 9, 9, 9).buffer);
    expect([...(await decode({ PixelPaddingValue: [9], PixelData: pixels })).pixels]).toEqual([
      9, 9, 9, 9, 9, 9,
    ]);
  });

  test('whose photometric interpretation makes no sense is refused by its name', async () => {
    const colour = { SamplesPerPixel: 3, BitsAllocated: 8, BitsStored: 8, HighBit: 7 };
    const wrong: Attributes[] = [
      { PhotometricInterpretation: 'MONOCHROME3' },
      { PhotometricInterpretation: 'RGB' },
      { PhotometricInterpretation: 'YBR_FULL' },
      { PhotometricInterpretation: '' },
      { PhotometricInterpretation: 'PALETTE COLOR' },
      { ...colour, PhotometricInterpretation: 'MONOCHROME2', PixelData: Buffer.alloc(18) },
      { ...colour, PhotometricInterpretation: 'RGB', PixelData: Buffer.alloc(18) },
    ];
    for (const changes of wrong) {
      const { PhotometricInterpretation: photometricInterpretation } = changes;
      await expect(decode(changes)).rejects.toMatchObject({
        code: 'unsupported-pixel-data',
        facts: { photometricInterpretation },
      });
    }
  });
});

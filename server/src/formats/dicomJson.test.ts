import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { imageAttributes, part10Of, type Attributes } from '../../../test/fixtures/part10.ts';
import type { DicomJsonDataset } from '../domain/dicomJson.ts';
import { memorySource } from './byteSource.ts';
import { MalformedDataSetError } from './dataSetReader.ts';
import { dicomJsonInSteps, findBulkData, toDicomJson } from './dicomJson.ts';
import { readPart10 } from './part10.ts';

const IMPLICIT = '1.2.840.10008.1.2';
const EXPLICIT = '1.2.840.10008.1.2.1';
const BIG_ENDIAN = '1.2.840.10008.1.2.2';
const DEFLATED = '1.2.840.10008.1.2.1.99';

const bulkDataUri = (path: string): string => `bulk:${path}`;

async function json(bytes: Uint8Array): Promise<DicomJsonDataset> {
  return toDicomJson(await readPart10(memorySource(bytes)), bulkDataUri);
}

function deflated(attributes: Attributes): Buffer {
  const plain = part10Of(attributes, { transferSyntaxUID: DEFLATED });
  const metaLength = plain.readUInt32LE(132 + 8);
  const start = 132 + 12 + metaLength;
  return Buffer.concat([plain.subarray(0, start), deflateRawSync(plain.subarray(start))]);
}

const ATTRIBUTES = imageAttributes({
  PatientName: 'Müller^Jörg^^^=山田^太郎=',
  ImagePositionPatient: '-1.50\\2e1 \\',
  ImageType: 'ORIGINAL\\PRIMARY',
  PatientComments: ' a\\b ',
  SmallestImagePixelValue: 7,
  FrameIncrementPointer: Buffer.alloc(0),
  PerformedProtocolCodeSequence: [{ CodeValue: '1', CodeMeaning: 'één' }, {}],
  ReferencedSeriesSequence: [],
});

const EXPECTED = {
  '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Müller^Jörg', Ideographic: '山田^太郎' }] },
  '00200032': { vr: 'DS', Value: [-1.5, 20, null] },
  '00080008': { vr: 'CS', Value: ['ORIGINAL', 'PRIMARY'] },
  '00104000': { vr: 'LT', Value: [' a\\b'] },
  '00280106': { vr: 'US', Value: [7] },
  '00280009': { vr: 'AT' },
  '00400260': {
    vr: 'SQ',
    Value: [
      expect.objectContaining({
        '00080100': { vr: 'SH', Value: ['1'] },
        '00080104': { vr: 'LO', Value: ['één'] },
      }),
      expect.anything(),
    ],
  },
  '00081115': { vr: 'SQ' },
  '7FE00010': { vr: 'OW', BulkDataURI: 'bulk:7FE00010' },
};

describe('toDicomJson', () => {
  test.each([EXPLICIT, IMPLICIT, BIG_ENDIAN])('says the same of a file in transfer syntax %s', async uid => {
    const dataset = await json(part10Of(ATTRIBUTES, { transferSyntaxUID: uid }));
    expect(dataset).toMatchObject(EXPECTED);
    expect(dataset['00083002']).toEqual({ vr: 'UI', Value: [uid] });
    expect(dataset['00080005']).toEqual({ vr: 'CS', Value: ['ISO_IR 192'] });
    expect(Object.keys(dataset)).toEqual([...Object.keys(dataset)].sort());
    expect(Object.keys(dataset).some(tag => tag.startsWith('0002') || tag.endsWith('0000'))).toBe(false);
  });

  test('inflates a deflated file', async () => {
    expect(await json(deflated(ATTRIBUTES))).toMatchObject(EXPECTED);
  });

  test('gives short binary values inline, in little endian, and long ones by address', async () => {
    const [short, long] = [Buffer.from([1, 2, 3, 4]), Buffer.alloc(2000, 5)];
    const attributes = {
      RedPaletteColorLookupTableData: short,
      ReferencedSeriesSequence: [{ GreenPaletteColorLookupTableData: long }],
    };
    for (const [transferSyntaxUID, inline] of [
      [EXPLICIT, short],
      [BIG_ENDIAN, Buffer.from([2, 1, 4, 3])],
    ] as const) {
      const file = await readPart10(memorySource(part10Of(attributes, { transferSyntaxUID })));
      const dataset = toDicomJson(file, bulkDataUri);
      expect(dataset['00281201']).toEqual({ vr: 'OW', InlineBinary: inline.toString('base64') });
      expect(JSON.stringify(dataset['00081115'])).toContain('"BulkDataURI":"bulk:00081115/1/00281202"');
      expect(findBulkData(file, ['00281201'])).toEqual(inline);
      expect(findBulkData(file, ['00081115', '1', '00281202'])).toEqual(long);
      for (const path of [[], ['00081115'], ['00081115', '1'], ['00081115', '2', '00281202'], ['00281203']]) {
        expect(findBulkData(file, path)).toBeUndefined();
      }
    }
  });

  test('reads signed values where the pixels are signed and the VR is implicit', async () => {
    const attributes = { PixelRepresentation: 1, SmallestImagePixelValue: 65535 };
    const dataset = await json(part10Of(attributes, { transferSyntaxUID: IMPLICIT }));
    expect(dataset['00280106']).toEqual({ vr: 'SS', Value: [-1] });
  });

  test('knows the VR of UN elements from the dictionary, and keeps unknown ones as bytes', async () => {
    const attributes = { '00091010': Buffer.from('private!'), '00090010': 'CREATOR' };
    const dataset = await json(part10Of(attributes));
    expect(dataset['00090010']).toEqual({ vr: 'LO', Value: ['CREATOR'] });
    expect(dataset['00091010']).toEqual({
      vr: 'UN',
      InlineBinary: Buffer.from('private!').toString('base64'),
    });
  });
});

describe('readPart10', () => {
  test('fails on every truncation before the pixel data, and on nothing else', async () => {
    const whole = part10Of(ATTRIBUTES);
    const pixelData = whole.indexOf(Buffer.from([0xe0, 0x7f, 0x10, 0x00]));
    for (let length = 0; length < pixelData + 12; length += 3) {
      const cut = whole.subarray(0, length);
      // At the end of an element a data set may end.
      await readPart10(memorySource(cut)).catch((error: unknown) => {
        expect(error).toBeInstanceOf(MalformedDataSetError);
      });
    }
    await expect(readPart10(memorySource(whole))).resolves.toBeDefined();
  });

  test('meets any damage with MalformedDataSetError or a data set', async () => {
    const whole = part10Of(ATTRIBUTES);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(whole.length - 1),
        fc.integer({ min: 0, max: 255 }),
        async (position, value) => {
          const damaged = Buffer.from(whole);
          damaged[position] = value;
          try {
            toDicomJson(await readPart10(memorySource(damaged)), bulkDataUri);
          } catch (error) {
            expect(error).toBeInstanceOf(MalformedDataSetError);
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  test('reads a head longer than the first look', async () => {
    const items = Array.from({ length: 3000 }, (_, index) => ({
      CodeValue: String(index),
      CodeMeaning: 'x'.repeat(60),
    }));
    const dataset = await json(part10Of(imageAttributes({ PerformedProtocolCodeSequence: items })));
    expect(dataset['00400260']?.Value).toHaveLength(3000);
    expect(dataset['7FE00010']).toEqual({ vr: 'OW', BulkDataURI: 'bulk:7FE00010' });
  });
});

test('an object of many frames is read in steps, and by others in their turns', async () => {
  const frames = Array.from({ length: 2000 }, (_, n) => ({
    FrameContentSequence: [{ DimensionIndexValues: n + 1 }],
  }));
  const bytes = part10Of(imageAttributes({ PerFrameFunctionalGroupsSequence: frames }));
  let turns = 0;
  const counting = setInterval(() => turns++, 0);
  const file = await readPart10(memorySource(bytes));
  clearInterval(counting);
  expect(turns).toBeGreaterThan(1);
  const steps = dicomJsonInSteps(file, bulkDataUri);
  let stepCount = 0;
  let step = steps.next();
  for (; step.done !== true; step = steps.next()) stepCount++;
  expect(stepCount).toBeGreaterThan(10);
  expect(step.value).toEqual(toDicomJson(file, bulkDataUri));
  expect(step.value['52009230']?.Value).toHaveLength(2000);
});

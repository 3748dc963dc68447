import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { testDataFolder } from '../../../../test/data/testData.ts';
import { imageOf } from '../../../../test/fixtures/imageOf.ts';
import { convertedByDcmtk, hasDcmtk, type DcmtkProgram } from '../../../../test/external/dcmtk.ts';
import { transferSyntaxUIDOf } from './part10.ts';
import { ThreadedDecoder } from './threadedDecoder.ts';

interface Encoding {
  readonly uid: string;
  readonly program: DcmtkProgram;
  readonly options: readonly string[];
}

const LOSSLESS: readonly Encoding[] = [
  { uid: '1.2.840.10008.1.2', program: 'dcmconv', options: ['+ti'] },
  { uid: '1.2.840.10008.1.2.1', program: 'dcmconv', options: ['+te'] },
  { uid: '1.2.840.10008.1.2.2', program: 'dcmconv', options: ['+tb'] },
  { uid: '1.2.840.10008.1.2.1.99', program: 'dcmconv', options: ['+td'] },
  { uid: '1.2.840.10008.1.2.5', program: 'dcmcrle', options: [] },
  ...['1', '2', '3', '4', '5', '6', '7'].map(predictor => ({
    uid: '1.2.840.10008.1.2.4.57',
    program: 'dcmcjpeg' as const,
    options: ['+el', '+sv', predictor],
  })),
  { uid: '1.2.840.10008.1.2.4.70', program: 'dcmcjpeg', options: ['+e1'] },
  { uid: '1.2.840.10008.1.2.4.80', program: 'dcmcjpls', options: ['+el'] },
];

const data = testDataFolder();
const isInstalled = hasDcmtk();
if (!isInstalled) console.log('SKIPPED: decoding what dcmtk encodes: dcmtk is not installed');
if (!data) console.log('SKIPPED: real images encoded by dcmtk: TOMOCLICK_TEST_DATA is not found');
const describeWithDcmtk = isInstalled ? describe : describe.skip;

const real = (name: string) => (): Uint8Array =>
  readFileSync(join(data ?? '', 'dicom/pydicom-samples', name));
const IMAGES: readonly { readonly name: string; readonly file: () => Uint8Array; readonly frames: number }[] =
  [
    { name: '8 bits', file: () => imageOf(8, false), frames: 1 },
    { name: '12 bits', file: () => imageOf(12, false), frames: 1 },
    { name: '16 bits', file: () => imageOf(16, false), frames: 1 },
    { name: '12 bits, signed', file: () => imageOf(12, true), frames: 1 },
    { name: '16 bits, signed', file: () => imageOf(16, true), frames: 1 },
    ...(data
      ? [
          { name: 'a real CT', file: real('CT_small.dcm'), frames: 1 },
          { name: 'a real MR', file: real('MR_small.dcm'), frames: 1 },
          { name: 'a real Enhanced MR', file: real('emri_small.dcm'), frames: 10 },
        ]
      : []),
  ];

describeWithDcmtk('what dcmtk encodes', () => {
  let decoder: ThreadedDecoder;
  beforeAll(() => {
    decoder = new ThreadedDecoder();
  });
  afterAll(() => decoder.close());

  async function pixelsOf(file: Uint8Array, frames: number): Promise<readonly (readonly number[])[]> {
    const decoded = await Promise.all(Array.from({ length: frames }, (_, n) => decoder.decodeFrame(file, n)));
    return decoded.map(({ pixels }) => [...pixels]);
  }

  for (const { name, file, frames } of IMAGES) {
    for (const { uid, program, options } of LOSSLESS) {
      test(`${name} by ${[program, ...options].join(' ')}, comes back bit for bit`, async () => {
        const encoded = convertedByDcmtk(file(), program, options);
        expect(transferSyntaxUIDOf(encoded)).toBe(uid);
        expect(await pixelsOf(encoded, frames)).toEqual(await pixelsOf(file(), frames));
      }, 60_000);
    }
  }

  test.each([
    ['+eb', '1.2.840.10008.1.2.4.50', 8],
    ['+ee', '1.2.840.10008.1.2.4.51', 12],
  ] as const)(
    'with loss by dcmcjpeg %s is what dcmdjpeg makes of it, but for rounding',
    async (option, uid, bits) => {
      const encoded = convertedByDcmtk(imageOf(bits, false), 'dcmcjpeg', [option, '+q', '90']);
      expect(transferSyntaxUIDOf(encoded)).toBe(uid);
      const [ours = []] = await pixelsOf(encoded, 1);
      const [theirs = []] = await pixelsOf(convertedByDcmtk(encoded, 'dcmdjpeg'), 1);
      expect(ours).toHaveLength(theirs.length);
      // Inverse cosine transforms may differ in the last bit (ISO/IEC 10918-2).
      expect(Math.max(...ours.map((value, n) => Math.abs(value - (theirs[n] ?? NaN))))).toBeLessThanOrEqual(
        1,
      );
    },
  );

  test.each([8, 12, 16])(
    'nearly without loss by dcmcjpls, of %i bits, is what dcmdjpls makes of it',
    async bits => {
      const encoded = convertedByDcmtk(imageOf(bits, false), 'dcmcjpls', ['+en', '+md', '3']);
      expect(transferSyntaxUIDOf(encoded)).toBe('1.2.840.10008.1.2.4.81');
      expect(await pixelsOf(encoded, 1)).toEqual(await pixelsOf(convertedByDcmtk(encoded, 'dcmdjpls'), 1));
    },
  );
});

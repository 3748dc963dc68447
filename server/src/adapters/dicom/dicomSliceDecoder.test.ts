import { describe, expect, test } from '@jest/globals';
import dcmjsCodecs from 'dcmjs-codecs';
import fc from 'fast-check';
import { imageAttributes, part10Of, type Attributes } from '../../../../test/fixtures/part10.ts';
import { Problem } from '../../domain/errors.ts';
import type { DecodedSlice } from '../../domain/decodedSlice.ts';
import { DicomFrameDecoder } from './dicomFrameDecoder.ts';
import { firstSliceOf } from '../../../../test/fixtures/firstSlice.ts';

const { Context, NativeCodecs } = dcmjsCodecs;
const PLACED: Attributes = {
  ImagePositionPatient: '1.5\\-2\\3e1',
  ImageOrientationPatient: '1\\0\\0\\0\\1\\0',
  PixelSpacing: '0.5\\0.25',
  FrameOfReferenceUID: '1.2.9',
};

function decode(
  attributes: Attributes,
  transferSyntaxUID?: string,
  fragments?: Uint8Array[],
): Promise<DecodedSlice> {
  const { PixelData: native, ...rest } = imageAttributes({ ...PLACED, ...attributes });
  const whole = fragments || native === undefined ? rest : { ...rest, PixelData: native };
  const options = { ...(transferSyntaxUID && { transferSyntaxUID }), ...(fragments && { fragments }) };
  return firstSliceOf(part10Of(whole, options));
}

function stored(values: readonly number[]): Buffer {
  return Buffer.from(Uint16Array.from(values).buffer);
}

async function pixelsOf(attributes: Attributes): Promise<readonly number[]> {
  return [...(await decode(attributes)).pixels];
}

describe('stored values', () => {
  const values = [0x0001, 0x0fff, 0x0800, 0x07ff, 0xf000, 0xf801];

  test('of 12 bits lose what lies above them, and get their sign', async () => {
    const bits = { BitsStored: 12, HighBit: 11, PixelData: stored(values) };
    expect(await pixelsOf({ ...bits, PixelRepresentation: 0 })).toEqual([1, 4095, 2048, 2047, 0, 2049]);
    expect(await pixelsOf({ ...bits, PixelRepresentation: 1 })).toEqual([1, -1, -2048, 2047, 0, -2047]);
  });

  test('in the upper bits of their words are brought down', async () => {
    const bits = { BitsStored: 12, HighBit: 15, PixelData: stored(values.map(value => value << 4)) };
    expect(await pixelsOf({ ...bits, PixelRepresentation: 1 })).toEqual([1, -1, -2048, 2047, 0, -2047]);
  });

  test('of 16 and 8 bits are as they are', async () => {
    expect(await pixelsOf({ PixelData: stored(values) })).toEqual(values);
    expect(await pixelsOf({ PixelRepresentation: 1, PixelData: stored([0xffff, 0x8000, 0, 1, 2, 3]) })).toEqual([-1, -32768, 0, 1, 2, 3]); // prettier-ignore
    const bytes = {
      BitsAllocated: 8,
      BitsStored: 8,
      HighBit: 7,
      PixelData: Buffer.from([255, 128, 0, 1, 2, 3]),
    };
    expect(await pixelsOf(bytes)).toEqual([255, 128, 0, 1, 2, 3]);
    expect(await pixelsOf({ ...bytes, PixelRepresentation: 1 })).toEqual([-1, -128, 0, 1, 2, 3]);
  });

  test('of 8 bits in big-endian words are turned round, also where a frame ends inside a word', async () => {
    const bytes = { Rows: 1, Columns: 3, NumberOfFrames: 3, BitsAllocated: 8, BitsStored: 8, HighBit: 7 };
    const PixelData = Buffer.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 0]).swap16();
    const file = part10Of(imageAttributes({ ...bytes, PixelData }), {
      transferSyntaxUID: '1.2.840.10008.1.2.2',
    });
    const frames = await Promise.all([0, 1, 2].map(at => new DicomFrameDecoder().decodeFrame(file, at)));
    expect(frames.map(frame => [...frame.pixels])).toEqual([[1, 2, 3], [4, 5, 6], [7, 8, 9]]); // prettier-ignore
  });

  test('are never written into the file that they came from', async () => {
    const { PixelData: _, ...rest } = imageAttributes(PLACED);
    const file = part10Of({ ...rest, BitsStored: 12, HighBit: 11, PixelData: stored(values) });
    const before = Buffer.from(file);
    await firstSliceOf(file);
    expect(file.equals(before)).toBe(true);
  });
});

describe('compressed pixels', () => {
  const rows = 37;
  const columns = 41;
  const pixels = Int16Array.from(
    { length: rows * columns },
    (_, n) => Math.round(1500 * Math.sin(n / 17)) + (n % 7),
  );
  const image = { Rows: rows, Columns: columns, PixelRepresentation: 1 };
  const encoders = {
    '1.2.840.10008.1.2.5': 'encodeRle',
    '1.2.840.10008.1.2.4.57': 'encodeJpeg',
    '1.2.840.10008.1.2.4.70': 'encodeJpeg',
    '1.2.840.10008.1.2.4.80': 'encodeJpegLs',
    '1.2.840.10008.1.2.4.81': 'encodeJpegLs',
    '1.2.840.10008.1.2.4.90': 'encodeJpeg2000',
    '1.2.840.10008.1.2.4.91': 'encodeJpeg2000',
    '1.2.840.10008.1.2.4.201': 'encodeHtJpeg2000',
    '1.2.840.10008.1.2.4.202': 'encodeHtJpeg2000',
    '1.2.840.10008.1.2.4.203': 'encodeHtJpeg2000',
  } as const;

  async function encode(transferSyntaxUID: keyof typeof encoders): Promise<Uint8Array> {
    await NativeCodecs.initializeAsync();
    const context = new Context({
      ...{ width: columns, height: rows, bitsAllocated: 16, bitsStored: 16, samplesPerPixel: 1 },
      ...{ pixelRepresentation: 1, planarConfiguration: 0, photometricInterpretation: 'MONOCHROME2' },
      decodedBuffer: new Uint8Array(pixels.buffer),
    });
    const encoded = NativeCodecs[encoders[transferSyntaxUID]](context, { lossy: false, predictor: 1 });
    const bytes = encoded.getEncodedBuffer();
    if (!bytes) throw new Error('nothing was encoded');
    return bytes.length % 2 ? Buffer.concat([bytes, Buffer.alloc(1)]) : bytes;
  }

  const syntaxes = Object.keys(encoders) as (keyof typeof encoders)[];
  for (const uid of syntaxes) {
    test(`of transfer syntax ${uid} come back bit for bit, in one fragment or several`, async () => {
      const frame = await encode(uid);
      expect((await decode(image, uid, [frame])).pixels).toEqual(pixels);
      const half = (frame.length >> 2) << 1;
      expect((await decode(image, uid, [frame.subarray(0, half), frame.subarray(half)])).pixels).toEqual(
        pixels,
      );
    });

    test(`of transfer syntax ${uid} that are damaged are refused, and spoil nothing after them`, async () => {
      const frame = await encode(uid);
      const damaged = [
        frame.subarray(0, (frame.length >> 2) << 1),
        Buffer.alloc(1000, 77),
        Buffer.alloc(0),
        Buffer.alloc(64),
      ];
      for (const bytes of damaged) {
        await expect(decode(image, uid, [bytes])).rejects.toMatchObject({ code: 'unsupported-pixel-data' });
      }
      for (const size of [
        { Rows: 64, Columns: 64 },
        { Rows: 8, Columns: 8 },
        { Rows: columns, Columns: rows },
      ]) {
        const decoding = decode({ ...image, ...size }, uid, [frame]);
        // RLE says nothing of its size: 37 × 41 and 41 × 37 pixels are coded alike.
        if (uid === '1.2.840.10008.1.2.5' && size.Rows === columns) continue;
        await expect(decoding).rejects.toMatchObject({ code: 'unsupported-pixel-data' });
      }
      expect((await decode(image, uid, [frame])).pixels).toEqual(pixels);
    });
  }

  test('of JPEG 2000 may lie in a file of their own, as some writers put them there', async () => {
    const uid = '1.2.840.10008.1.2.4.90';
    const codestream = await encode(uid);
    const box = (type: string, content: Uint8Array, length = content.length + 8): Buffer => {
      const head = Buffer.alloc(8);
      head.writeUInt32BE(length);
      head.write(type, 4, 'latin1');
      return Buffer.concat([head, content]);
    };
    const start = [box('jP  ', Buffer.from('0d0a870a', 'hex')), box('ftyp', Buffer.from('jp2 \0\0\0\0jp2 '))];
    const long = Buffer.alloc(8);
    long.writeBigUInt64BE(BigInt(codestream.length + 16));
    const kinds = [
      box('jp2c', codestream),
      // To the end of the file.
      box('jp2c', codestream, 0),
      box('jp2c', Buffer.concat([long, codestream]), 1),
    ];
    for (const kind of kinds) {
      const file = Buffer.concat([...start, box('jp2h', Buffer.alloc(22)), kind]);
      expect((await decode(image, uid, [file])).pixels).toEqual(pixels);
    }
    for (const damaged of [
      Buffer.concat(start),
      Buffer.concat([...start, box('jp2h', Buffer.alloc(0), 4)]),
    ]) {
      await expect(decode(image, uid, [damaged])).rejects.toMatchObject({ code: 'unsupported-pixel-data' });
    }
  });

  test('of another transfer syntax are refused by its name', async () => {
    await expect(decode(image, '1.2.840.10008.1.2.4.102', [Buffer.alloc(10)])).rejects.toMatchObject({
      code: 'unsupported-pixel-data',
      detail: expect.stringContaining('1.2.840.10008.1.2.4.102') as unknown,
      facts: { transferSyntaxUID: '1.2.840.10008.1.2.4.102' },
    });
  });

  test('in more fragments than frames are told apart by where images begin', async () => {
    const frame = await encode('1.2.840.10008.1.2.4.80');
    const half = (frame.length >> 2) << 1;
    const fragments = [frame.subarray(0, half), frame.subarray(half), frame];
    const { PixelData: _, ...rest } = imageAttributes({ ...image, NumberOfFrames: 2 });
    const file = part10Of(rest, { transferSyntaxUID: '1.2.840.10008.1.2.4.80', fragments });
    for (const frameIndex of [0, 1]) {
      expect((await new DicomFrameDecoder().decodeFrame(file, frameIndex)).pixels).toEqual(pixels);
    }
    await expect(new DicomFrameDecoder().decodeFrame(file, 2)).rejects.toBeInstanceOf(Problem);
    await expect(new DicomFrameDecoder().decodeFrame(file, -1)).rejects.toBeInstanceOf(Problem);
  });
});

describe('a file', () => {
  const slice = part10Of(imageAttributes(PLACED));

  test('is placed, described and named as it says', async () => {
    const decoded = await firstSliceOf(
      part10Of(
        imageAttributes({
          ...PLACED,
          ImageType: 'ORIGINAL\\PRIMARY\\LOCALIZER',
          RescaleSlope: '0.5 ',
          RescaleIntercept: '-10',
          SliceThickness: '0',
          PatientName: 'Ångström^Åsa=山田^太郎',
        }),
      ),
    );
    expect(decoded).toMatchObject({
      imagePositionPatient: [1.5, -2, 30],
      pixelSpacingMm: [0.5, 0.25],
      imageType: ['ORIGINAL', 'PRIMARY', 'LOCALIZER'],
      rescaleSlope: 0.5,
      rescaleIntercept: -10,
      patientStudy: { patientName: 'Ångström^Åsa=山田^太郎', studyDescription: 'Abdomen' },
    });
    expect(decoded).not.toHaveProperty('sliceThicknessMm');
  });

  test('without a place in the patient is refused by the name of what is missing', async () => {
    const keywords = ['ImagePositionPatient', 'ImageOrientationPatient', 'PixelSpacing'];
    for (const keyword of keywords) {
      for (const value of ['', '1\\x', '0\\0']) {
        await expect(decode({ [keyword]: value })).rejects.toMatchObject({
          code: 'unsupported-geometry',
          facts: { keyword },
        });
      }
    }
  });

  test('that shows many slices side by side is refused: they lie elsewhere than it says', async () => {
    const mosaic = decode({ Modality: 'MR', ImageType: 'ORIGINAL\\PRIMARY\\DIFFUSION\\NONE\\ND\\MOSAIC' });
    await expect(mosaic).rejects.toMatchObject({ code: 'unsupported-geometry' });
    const plain = await decode({ Modality: 'MR', ImageType: 'ORIGINAL\\PRIMARY\\DIFFUSION\\NONE\\ND' });
    expect(plain.imageType).toContain('DIFFUSION');
  });

  test('whose description of its pixels cannot be true is refused', async () => {
    const wrong: Attributes[] = [
      { BitsStored: 17 },
      { BitsStored: 0 },
      { HighBit: 3 },
      { BitsAllocated: 32, BitsStored: 32, HighBit: 31 },
      { Rows: 0 },
      { Rows: 65535, Columns: 65535 },
      { NumberOfFrames: 'many' },
      { SamplesPerPixel: 3 },
      { PhotometricInterpretation: 'PALETTE COLOR' },
      { RescaleSlope: '0' },
      { RescaleSlope: 'steep' },
    ];
    for (const changes of wrong) {
      await expect(decode(changes)).rejects.toMatchObject({ code: 'unsupported-pixel-data' });
    }
  });

  test('cut short anywhere is refused', async () => {
    for (const transferSyntaxUID of ['1.2.840.10008.1.2.1', '1.2.840.10008.1.2', '1.2.840.10008.1.2.2']) {
      const whole = part10Of(imageAttributes(PLACED), { transferSyntaxUID });
      for (let length = 0; length < whole.length; length++) {
        const decoding = firstSliceOf(whole.subarray(0, length));
        await expect(decoding).rejects.toBeInstanceOf(Problem);
      }
    }
  });

  test('with any bytes changed is decoded or refused, and nothing else', async () => {
    const change = fc.tuple(
      fc.integer({ min: 128, max: slice.length - 1 }),
      fc.integer({ min: 0, max: 255 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 8 }), async changes => {
        const hostile = Buffer.from(slice);
        for (const [at, byte] of changes) hostile[at] = byte;
        try {
          await firstSliceOf(hostile);
        } catch (error) {
          expect(error).toBeInstanceOf(Problem);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('colour', () => {
  const rgb = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120, 130, 140, 150, 160, 170, 180];
  const image: Attributes = {
    ...{ SamplesPerPixel: 3, PhotometricInterpretation: 'RGB', PlanarConfiguration: 0 },
    ...{ BitsAllocated: 8, BitsStored: 8, HighBit: 7, PixelData: Buffer.from(rgb) },
  };
  const frameOf = async (changes: Attributes): Promise<readonly number[]> => {
    const file = part10Of(imageAttributes({ ...image, ...changes }));
    return [...(await new DicomFrameDecoder().decodeFrame(file, 0)).pixels];
  };

  test('comes interleaved, however it is stored', async () => {
    expect(await frameOf({})).toEqual(rgb);
    const planes = [0, 1, 2].flatMap(channel => rgb.filter((_, index) => index % 3 === channel));
    expect(await frameOf({ PlanarConfiguration: 1, PixelData: Buffer.from(planes) })).toEqual(rgb);
  });

  test('in luminance and chrominance becomes red, green and blue', async () => {
    const grey = Buffer.alloc(18, 128);
    expect(await frameOf({ PhotometricInterpretation: 'YBR_FULL', PixelData: grey })).toEqual([...grey]);
    const red = Buffer.from(Array.from({ length: 6 }, () => [76, 85, 255]).flat());
    const [r = 0, g = 99, b = 99] = await frameOf({ PhotometricInterpretation: 'YBR_FULL', PixelData: red });
    expect(r).toBeGreaterThan(250);
    expect(Math.max(g, b)).toBeLessThan(5);
  });

  test('that is not read is refused', async () => {
    await expect(frameOf({ PhotometricInterpretation: 'HSV' })).rejects.toMatchObject({
      code: 'unsupported-pixel-data',
    });
  });
});

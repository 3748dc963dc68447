import { describe, expect, test } from '@jest/globals';
import type { DicomJsonDataset, DicomJsonElement } from '../domain/dicomJson.ts';
import type { InstanceReference } from '../ports/dicomWebArchive.ts';
import { renderFrame, type RenderPorts } from './renderFrame.ts';

const INSTANCE: InstanceReference = {
  ...{ studyInstanceUID: '1.1', seriesInstanceUID: '1.2', sopInstanceUID: '1.3', sopClassUID: '1.4' },
  ...{ transferSyntaxUID: '1.2.840.10008.1.2.1', byteSize: 0 },
};

const us = (...Value: readonly number[]): DicomJsonElement => ({ vr: 'US', Value });
const ds = (...Value: readonly number[]): DicomJsonElement => ({ vr: 'DS', Value });
const cs = (value: string): DicomJsonElement => ({ vr: 'CS', Value: [value] });
const sq = (...Value: readonly DicomJsonDataset[]): DicomJsonElement => ({ vr: 'SQ', Value });

/** One row of pixels. */
function image(columns: number, changes: DicomJsonDataset): DicomJsonDataset {
  return {
    ...{ '00280002': us(1), '00280004': cs('MONOCHROME2'), '00280010': us(1), '00280011': us(columns) },
    ...{ '00280100': us(16), '00280101': us(16), '00280103': us(1), ...changes },
  };
}

async function render(
  dataset: DicomJsonDataset,
  frame: Uint8Array,
  frameNumber = 1,
  bulkData: Readonly<Record<string, Uint8Array>> = {},
): Promise<readonly number[]> {
  const unused = (): never => {
    throw new Error('rendering does not need this');
  };
  const ports: RenderPorts = {
    archive: {
      ...{
        search: unused,
        instances: unused,
        read: unused,
        frameFile: unused,
        pixelData: unused,
        storeInstances: unused,
        remove: unused,
      },
      metadata: async function* () {
        await Promise.resolve();
        yield JSON.stringify(dataset);
      },
      frames: (_instance, frameNumbers = []) =>
        Promise.resolve({
          transferSyntaxUID: INSTANCE.transferSyntaxUID,
          frameNumbers,
          frames: (async function* () {
            await Promise.resolve();
            yield frame;
          })(),
        }),
      bulkData: (_instance, path) => Promise.resolve(bulkData[path.join('/')] ?? new Uint8Array()),
    },
    decoder: { decodeFrame: unused },
  };
  return [...(await renderFrame(INSTANCE, frameNumber, undefined, ports)).samples];
}

const int16 = (...values: readonly number[]): Uint8Array => new Uint8Array(Int16Array.from(values).buffer);

describe('renderFrame', () => {
  test('uses rescale and window of the header', async () => {
    const window = { '00281050': ds(40), '00281051': ds(401), '00281052': ds(-1000), '00281053': ds(2) };
    // HU = 2 × stored − 1000; window 40/401 spans −160.5 … 239.5.
    expect(await render(image(4, window), int16(0, 420, 520, 700))).toEqual([0, 0, 128, 255]);
  });

  test('prefers the functional groups of the frame over those shared, and both over the top', async () => {
    const window = (center: number): DicomJsonElement => sq({ '00281050': ds(center), '00281051': ds(1) });
    const dataset = image(3, {
      ...{ '00281050': ds(25), '00281051': ds(1) },
      '52009229': sq({ '00289132': window(15) }),
      '52009230': sq({}, { '00289132': window(5) }),
    });
    expect(await render(dataset, int16(0, 10, 20), 1)).toEqual([0, 0, 255]);
    expect(await render(dataset, int16(0, 10, 20), 2)).toEqual([0, 255, 255]);
  });

  test('shows MONOCHROME1 the other way round', async () => {
    const dataset = image(3, { '00280004': cs('MONOCHROME1') });
    expect(await render(dataset, int16(0, 50, 100))).toEqual([255, 127, 0]);
  });

  test('leaves padding out of a window of its own making', async () => {
    const dataset = image(4, { '00280120': { vr: 'SS', Value: [-2000] } });
    expect(await render(dataset, int16(-2000, 0, 50, 100))).toEqual([0, 0, 128, 255]);
  });

  test('ignores the bits above BitsStored', async () => {
    const dataset = image(3, { '00280101': us(12), '00280103': us(0) });
    const pixels = new Uint8Array(Uint16Array.of(0xf000, 0x0800, 0xffff).buffer);
    expect(await render(dataset, pixels)).toEqual([0, 128, 255]);
  });

  test('shows a mask of one bit', async () => {
    const dataset = image(9, { '00280100': us(1), '00280101': us(1), '00280103': us(0) });
    expect(await render(dataset, Uint8Array.of(0b10000001, 1))).toEqual([255, 0, 0, 0, 0, 0, 0, 255, 255]);
  });

  test('shows floating point values', async () => {
    const dataset = image(3, { '7FE00008': { vr: 'OF', BulkDataURI: 'x' } });
    const pixels = new Uint8Array(Float32Array.of(-0.5, 0, 0.5).buffer);
    expect(await render(dataset, pixels)).toEqual([0, 128, 255]);
  });

  test('shows colours: interleaved, by plane, and as luminance and chroma', async () => {
    const colour = { '00280002': us(3), '00280100': us(8), '00280101': us(8), '00280103': us(0) };
    const rgb = { ...colour, '00280004': cs('RGB') };
    expect(await render(image(2, rgb), Uint8Array.of(1, 2, 3, 4, 5, 6))).toEqual([1, 2, 3, 4, 5, 6]);
    const planar = { ...rgb, '00280006': us(1) };
    expect(await render(image(2, planar), Uint8Array.of(1, 4, 2, 5, 3, 6))).toEqual([1, 2, 3, 4, 5, 6]);
    const ybr = { ...colour, '00280004': cs('YBR_FULL') };
    expect(await render(image(2, ybr), Uint8Array.of(76, 85, 255, 200, 128, 128))).toEqual([
      ...[254, 0, 0],
      ...[200, 200, 200],
    ]);
    const shared = { ...colour, '00280004': cs('YBR_FULL_422') };
    expect(await render(image(2, shared), Uint8Array.of(10, 20, 128, 128))).toEqual([10, 10, 10, 20, 20, 20]);
  });

  test('looks colours up in palettes of 8 and 16 bits', async () => {
    const palette = (bits: number): DicomJsonDataset =>
      image(3, {
        ...{ '00280004': cs('PALETTE COLOR'), '00280100': us(8), '00280103': us(0) },
        '00281101': us(2, 10, bits),
      });
    const tables = (red: Uint8Array): Readonly<Record<string, Uint8Array>> => ({
      ...{ '00281201': red, '00281202': new Uint8Array(red.length), '00281203': new Uint8Array(red.length) },
    });
    const frame = Uint8Array.of(0, 10, 11);
    expect(await render(palette(8), frame, 1, tables(Uint8Array.of(7, 9)))).toEqual([
      7, 0, 0, 7, 0, 0, 9, 0, 0,
    ]);
    const wide = new Uint8Array(Uint16Array.of(0x0700, 0x09ff).buffer);
    expect(await render(palette(16), frame, 1, tables(wide))).toEqual([7, 0, 0, 7, 0, 0, 9, 0, 0]);
  });

  test('says unsupported-pixel-data for what it cannot show', async () => {
    await expect(render(image(1, { '00280100': us(64) }), new Uint8Array(8))).rejects.toMatchObject({
      code: 'unsupported-pixel-data',
    });
    const hsv = { '00280002': us(3), '00280100': us(8), '00280004': cs('HSV') };
    await expect(render(image(1, hsv), new Uint8Array(3))).rejects.toMatchObject({
      code: 'unsupported-pixel-data',
    });
  });
});

import { describe, expect, test } from '@jest/globals';
import { data } from 'dcmjs';
import fc from 'fast-check';
import { obliqueAffines } from '../../../../test/fixtures/obliqueAffines.ts';
import { itemsOf, readSegmentation } from '../../../../test/fixtures/readSegmentation.ts';
import { maskOf, segmentationOf, segmentOf, sourceOf } from '../../../../test/fixtures/segmentations.ts';
import { PATIENT_STUDY } from '../../../../test/fixtures/slices.ts';
import { affineFromColumns, cross, norm, subtract, type Affine, type Vector3 } from '../../domain/affine.ts';
import type { IndexBox } from '../../domain/indexBox.ts';
import { emptyMask, voxelAt, type Mask } from '../../domain/mask.ts';
import { pointLpsOf } from '../../domain/volumeGeometry.ts';
import { DicomSegmentationEncoder } from './dicomSegmentationEncoder.ts';

const encoder = new DicomSegmentationEncoder();

/** Shapes whose frames do and do not end on a byte, with a box inside and random voxels in the box. */
const maskArbitrary: fc.Arbitrary<Mask> = fc
  .tuple(fc.integer({ min: 1, max: 11 }), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 7 }))
  .chain(shapeIjk => {
    const range = (size: number): fc.Arbitrary<[number, number]> =>
      fc
        .tuple(fc.nat(size - 1), fc.nat(size - 1))
        .map(([a, b]): [number, number] => [Math.min(a, b), Math.max(a, b) + 1]);
    return fc.tuple(range(shapeIjk[0]), range(shapeIjk[1]), range(shapeIjk[2])).chain(([i, j, k]) => {
      const box: IndexBox = { minIjk: [i[0], j[0], k[0]], maxIjk: [i[1], j[1], k[1]] };
      const count = (i[1] - i[0]) * (j[1] - j[0]) * (k[1] - k[0]);
      return fc
        .array(fc.constantFrom(0, 1), { minLength: count, maxLength: count })
        .map(voxels => ({ shapeIjk, box, voxels: Uint8Array.from(voxels) }));
    });
  });

function frameOfMask(mask: Mask, k: number): number[] {
  const [columns, rows] = mask.shapeIjk;
  return Array.from({ length: rows * columns }, (_, n) =>
    voxelAt(mask, n % columns, Math.floor(n / columns), k),
  );
}

function slicesWithVoxels(mask: Mask): number[] {
  return Array.from({ length: mask.shapeIjk[2] }, (_, k) => k).filter(k => frameOfMask(mask, k).includes(1));
}

describe('a written SEG', () => {
  test('holds every voxel of every segment on the slice it lies on, in any orientation', () => {
    fc.assert(
      fc.property(maskArbitrary, obliqueAffines, fc.boolean(), (mask, ijkToLps, both) => {
        fc.pre(mask.voxels.includes(1));
        const source = sourceOf(mask.shapeIjk, ijkToLps);
        const other = maskOf(mask.shapeIjk, mask.box, (i, j, k) => !voxelAt(mask, i, j, k));
        const masks = both ? [mask, other] : [mask];
        const seg = readSegmentation(
          encoder.encode(
            segmentationOf(
              source,
              masks.map(m => segmentOf(m)),
            ),
          ),
        );
        const expected = masks.flatMap((m, index) =>
          slicesWithVoxels(m).map(k => ({ m, k, segmentNumber: index + 1 })),
        );
        expect(seg.frames).toHaveLength(expected.length);
        seg.frames.forEach((frame, index) => {
          const { m, k, segmentNumber } = expected[index]!;
          expect(frame.segmentNumber).toBe(segmentNumber);
          expect(frame.referencedSOPInstanceUID).toBe(source.slices[k]?.sopInstanceUID);
          expect([...frame.pixels]).toEqual(frameOfMask(m, k));
          const position = pointLpsOf(source.geometry, [0, 0, k]);
          expect(norm(subtract(frame.imagePositionPatient as unknown as Vector3, position))).toBeLessThan(
            1e-6,
          );
        });
        const [rx, ry, rz, cx, cy, cz] = seg.imageOrientationPatient as [
          number,
          number,
          number,
          number,
          number,
          number,
        ];
        const k = affineNormal(ijkToLps);
        expect(norm(subtract(cross([rx, ry, rz], [cx, cy, cz]), k))).toBeLessThan(1e-9);
      }),
      { numRuns: 60 },
    );
  });

  test('numbers its segments and positions from 1, positions in the order of the slices', () => {
    const shape: Vector3 = [3, 3, 5];
    const box: IndexBox = { minIjk: [0, 0, 0], maxIjk: [3, 3, 5] };
    const low = maskOf(shape, box, (_i, _j, k) => k === 1 || k === 2);
    const high = maskOf(shape, box, (_i, _j, k) => k >= 2 && k <= 3);
    const seg = readSegmentation(
      encoder.encode(segmentationOf(sourceOf(shape), [segmentOf(low), segmentOf(high)])),
    );
    expect(seg.frames.map(frame => frame.dimensionIndexValues)).toEqual([[1, 1], [1, 2], [2, 2], [2, 3]]); // prettier-ignore
    const indices = itemsOf(seg.dataSet, 'x00209222');
    expect(indices.map(item => item.attributeTag('x00209165'))).toEqual(['x0062000b', 'x00200032']);
    expect(indices.map(item => item.attributeTag('x00209167'))).toEqual(['x0062000a', 'x00209113']);
    expect(itemsOf(seg.dataSet, 'x00620002').map(item => item.uint16('x00620004'))).toEqual([1, 2]);
    const references = itemsOf(itemsOf(seg.dataSet, 'x00081115')[0]!, 'x0008114a');
    expect(references.map(item => item.string('x00081155'))).toEqual(['1.2.3.3.1', '1.2.3.3.2', '1.2.3.3.3']);
  });

  test('holds the slices that are asked for, empty ones too', () => {
    const shape: Vector3 = [3, 3, 5];
    const mask = maskOf(shape, { minIjk: [1, 1, 2], maxIjk: [2, 2, 3] }, () => true);
    const encode = (m: Mask): readonly number[] =>
      readSegmentation(
        encoder.encode(segmentationOf(sourceOf(shape), [segmentOf(m)], { slices: [4, 2, 0] })),
      ).frames.map(frame => frame.pixels.reduce((sum, voxel) => sum + voxel, 0));
    expect(encode(mask)).toEqual([0, 1, 0]);
    expect(encode(emptyMask(shape))).toEqual([0, 0, 0]);
  });

  test('is refused when it would have no frame', () => {
    const shape: Vector3 = [3, 3, 5];
    const segments = [segmentOf(emptyMask(shape))];
    const source = sourceOf(shape);
    expect(() => encoder.encode(segmentationOf(source, segments))).toThrow(
      expect.objectContaining({ code: 'empty-segmentation' }),
    );
    expect(() => encoder.encode(segmentationOf(source, segments, { slices: [] }))).toThrow(
      expect.objectContaining({ code: 'empty-segmentation' }),
    );
  });

  test('names the frames of a multi-frame source', () => {
    const shape: Vector3 = [3, 3, 4];
    const mask = maskOf(shape, { minIjk: [1, 1, 1], maxIjk: [2, 2, 3] }, () => true);
    const slices = [4, 3, 2, 1].map(frameNumber => ({
      sopClassUID: '1.2.840.10008.5.1.4.1.1.4.1',
      sopInstanceUID: '1.2.3.9',
      frameNumber,
    }));
    const seg = readSegmentation(
      encoder.encode(segmentationOf({ ...sourceOf(shape), slices }, [segmentOf(mask)])),
    );
    expect(seg.frames.map(frame => frame.referencedFrameNumber)).toEqual([3, 2]);
    expect(itemsOf(itemsOf(seg.dataSet, 'x00081115')[0]!, 'x0008114a')).toHaveLength(1);
  });

  test('lies in the patient and study of its source, names in any script included', () => {
    const shape: Vector3 = [3, 3, 1];
    const mask = maskOf(shape, { minIjk: [1, 1, 0], maxIjk: [2, 2, 1] }, () => true);
    const part10 = encoder.encode(
      segmentationOf(sourceOf(shape), [segmentOf(mask, { label: '肝臓 Läsion' })]),
    );
    const { dataSet } = readSegmentation(part10);
    const textOf = (from: typeof dataSet, tag: string): string => {
      const element = from.elements[tag];
      if (!element) throw new Error(`${tag} is missing`);
      const bytes = part10.subarray(element.dataOffset, element.dataOffset + element.length);
      return new TextDecoder().decode(bytes).trimEnd();
    };
    expect(dataSet.string('x00080005')).toBe('ISO_IR 192');
    expect(textOf(dataSet, 'x00100010')).toBe(PATIENT_STUDY.patientName);
    expect(textOf(dataSet, 'x00080090')).toBe(PATIENT_STUDY.referringPhysicianName);
    expect(textOf(itemsOf(dataSet, 'x00620002')[0]!, 'x00620005')).toBe('肝臓 Läsion');
    expect(dataSet.string('x0020000d')).toBe('1.2.3.1');
    expect(dataSet.string('x0020000e')).toBe('2.25.11');
    expect(dataSet.string('x00080018')).toBe('2.25.12');
    expect(dataSet.string('x00200052')).toBe('1.2.3.4');
    expect(dataSet.string('x00080201')).toMatch(/^[+-]\d{4}$/);
  });

  test('states the length of its meta information as it is', () => {
    const shape: Vector3 = [3, 3, 1];
    const mask = maskOf(shape, { minIjk: [1, 1, 0], maxIjk: [2, 2, 1] }, () => true);
    const { dataSet } = readSegmentation(encoder.encode(segmentationOf(sourceOf(shape), [segmentOf(mask)])));
    const lastOfMeta = dataSet.elements['x00020013'] ?? dataSet.elements['x00020012'];
    const afterLength = 132 + 12;
    expect(dataSet.uint32('x00020000')).toBe(
      (lastOfMeta?.dataOffset ?? 0) + (lastOfMeta?.length ?? 0) - afterLength,
    );
  });

  test('has an even number of pixel data bytes without spare ones', () => {
    for (const [shape, bytes] of [
      [[3, 3, 1], 2],
      [[4, 4, 1], 2],
      [[5, 5, 1], 4],
      [[5, 5, 2], 8],
    ] as [Vector3, number][]) {
      // prettier-ignore
      const mask = maskOf(shape, { minIjk: [0, 0, 0], maxIjk: shape }, () => true);
      const { dataSet } = readSegmentation(
        encoder.encode(segmentationOf(sourceOf(shape), [segmentOf(mask)])),
      );
      expect(dataSet.elements['x7fe00010']?.length).toBe(bytes);
    }
  });

  test('gives back the colour of a segment in the conversion that OHIF uses', () => {
    const shape: Vector3 = [3, 3, 1];
    const mask = maskOf(shape, { minIjk: [1, 1, 0], maxIjk: [2, 2, 1] }, () => true);
    for (const colour of [
      [220, 40, 60],
      [0, 0, 0],
      [255, 255, 255],
      [0, 0, 255],
      [18, 200, 120],
    ] as Vector3[]) {
      // prettier-ignore
      const { dataSet } = readSegmentation(
        encoder.encode(segmentationOf(sourceOf(shape), [segmentOf(mask, { colour })])),
      );
      const item = itemsOf(dataSet, 'x00620002')[0];
      const lab = [0, 1, 2].map(index => item?.uint16('x0062000d', index) ?? NaN);
      const rgb = data.Colors.dicomlab2RGB(lab).map(channel => Math.round(channel * 255));
      rgb.forEach((channel, index) =>
        expect(Math.abs(channel - (colour[index] ?? NaN))).toBeLessThanOrEqual(1),
      );
    }
  });

  test('of a tilted stack spaces its slices along the normal and puts each where its source is', () => {
    const tilted = affineFromColumns([0.7, 0, 0], [0, 0.8, 0], [0, 0.9, 2.5], [-100, -120, 40]);
    const shape: Vector3 = [3, 3, 4];
    const mask = maskOf(shape, { minIjk: [1, 1, 1], maxIjk: [2, 2, 4] }, () => true);
    const seg = readSegmentation(encoder.encode(segmentationOf(sourceOf(shape, tilted), [segmentOf(mask)])));
    const measures = itemsOf(itemsOf(seg.dataSet, 'x52009229')[0]!, 'x00289110')[0];
    expect(measures?.floatString('x00180088')).toBe(2.5);
    expect(seg.frames.map(frame => frame.imagePositionPatient)).toEqual([
      [-100, -119.1, 42.5],
      [-100, -118.2, 45],
      [-100, -117.3, 47.5],
    ]);
  });
});

function affineNormal(ijkToLps: Affine): Vector3 {
  const step: Vector3 = [ijkToLps[2], ijkToLps[6], ijkToLps[10]];
  const length = norm(step);
  return [step[0] / length, step[1] / length, step[2] / length];
}

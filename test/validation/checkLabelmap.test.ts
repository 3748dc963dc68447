import { describe, expect, test } from '@jest/globals';
import dicomParser, { type DataSet } from 'dicom-parser';
import { DicomSegmentationEncoder } from '../../server/src/adapters/dicom/dicomSegmentationEncoder.ts';
import type { Vector3 } from '../../server/src/domain/affine.ts';
import { maskOf, segmentationOf, segmentOf, sourceOf } from '../fixtures/segmentations.ts';
import { checkLabelmap, dataSetsAt, elementKey, elementOf } from './checkLabelmap.ts';
import { LABELMAP_RULES } from './labelmapRules.ts';

const SHAPE: Vector3 = [5, 5, 4];
const BOX = { minIjk: [0, 0, 0], maxIjk: SHAPE } as const;

/** Two segments that use every sequence that the rules speak of; `extra` further segments of no voxel. */
function labelmap(extra = 0): Uint8Array {
  const left = maskOf(SHAPE, BOX, (i, _j, k) => i < 2 && k > 0);
  const right = maskOf(SHAPE, BOX, (i, _j, k) => i > 3 && k > 1);
  const none = maskOf(SHAPE, BOX, () => false);
  const segments = [
    segmentOf(left, { label: 'Left kidney', trackingUID: '2.25.21' }),
    segmentOf(right, { label: 'Left lung nodule', trackingUID: '2.25.22' }),
    ...Array.from({ length: extra }, (_, index) => segmentOf(none, { trackingUID: `2.25.3.${index}` })),
  ];
  return new DicomSegmentationEncoder().encode(
    segmentationOf(sourceOf(SHAPE), segments, {
      format: { segmentationType: 'LABELMAP', compression: 'none', frames: 'non-empty' },
    }),
  );
}

const parsed = (): DataSet => dicomParser.parseDicom(labelmap());

function present<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('what is to be broken is not there');
  return value;
}

/** Another value of the same length. */
function spoil(dataSet: DataSet, keyword: string): void {
  const { dataOffset, vr } = present(elementOf(dataSet, keyword));
  dataSet.byteArray[dataOffset] = vr === 'US' ? dataSet.byteArray[dataOffset]! + 3 : 0x58;
}

describe('the label map checker', () => {
  test('has nothing against what we write, of 8 and of 16 bits', () => {
    expect(checkLabelmap(parsed())).toEqual([]);
    const wide = dicomParser.parseDicom(labelmap(254));
    expect(wide.uint16('x00280100')).toBe(16);
    expect(checkLabelmap(wide)).toEqual([]);
  });

  const needed = LABELMAP_RULES.filter(({ type }) => type !== 'absent');
  test.each(needed)('misses $keyword of $module', ({ path, keyword }) => {
    const dataSet = parsed();
    delete present(dataSetsAt(dataSet, path)[0]).elements[elementKey(keyword)];
    expect(checkLabelmap(dataSet).join('\n')).toContain(`${keyword} is missing`);
  });

  const valued = LABELMAP_RULES.filter(({ values }) => values !== undefined);
  test.each(valued)('sees a $keyword that the standard does not allow', ({ path, keyword }) => {
    const dataSet = parsed();
    spoil(present(dataSetsAt(dataSet, path)[0]), keyword);
    expect(checkLabelmap(dataSet).join('\n')).toContain(`${keyword} is `);
  });

  const filled = LABELMAP_RULES.filter(({ type }) => type === '1');
  test.each(filled)('sees that $keyword of $module is empty', ({ path, keyword }) => {
    const dataSet = parsed();
    const element = present(elementOf(present(dataSetsAt(dataSet, path)[0]), keyword));
    element.length = 0;
    if (element.items) element.items = [];
    expect(checkLabelmap(dataSet).join('\n')).toContain(`${keyword} has no value`);
  });

  const forbidden = LABELMAP_RULES.filter(({ type }) => type === 'absent');
  test.each(forbidden)('sees a $keyword that must not be there', ({ path, keyword }) => {
    const dataSet = parsed();
    const holder = present(dataSetsAt(dataSet, path)[0]);
    holder.elements[elementKey(keyword)] = { ...present(elementOf(dataSet, 'Rows')) };
    expect(checkLabelmap(dataSet).join('\n')).toContain(`${keyword} must not be there`);
  });

  const contradictions: Record<string, (dataSet: DataSet) => void> = {
    'PixelData holds 7': dataSet => {
      dataSet.byteArray[present(elementOf(dataSet, 'PixelData')).dataOffset] = 7;
    },
    'PixelData has': dataSet => {
      present(elementOf(dataSet, 'PixelData')).length -= 2;
    },
    NumberOfFrames: dataSet => {
      present(elementOf(dataSet, 'PerFrameFunctionalGroupsSequence')).items?.pop();
    },
    'SegmentNumber is that of another': dataSet => {
      const [first] = dataSetsAt(dataSet, ['SegmentSequence']);
      dataSet.byteArray[present(elementOf(present(first), 'SegmentNumber')).dataOffset] = 2;
    },
    'SegmentNumber is that of the background': dataSet => {
      const [first] = dataSetsAt(dataSet, ['SegmentSequence']);
      dataSet.byteArray[present(elementOf(present(first), 'SegmentNumber')).dataOffset] = 0;
    },
    'DimensionIndexValues are those of another': dataSet => {
      const [first] = dataSetsAt(dataSet, ['PerFrameFunctionalGroupsSequence', 'FrameContentSequence']);
      dataSet.byteArray[present(elementOf(present(first), 'DimensionIndexValues')).dataOffset] = 2;
    },
    'ImagePositionPatient is that of another': dataSet => {
      const path = ['PerFrameFunctionalGroupsSequence', 'PlanePositionSequence'];
      const [first, second] = dataSetsAt(dataSet, path).map(item =>
        present(elementOf(item, 'ImagePositionPatient')),
      );
      Object.assign(present(first), present(second));
    },
    'DimensionIndexPointer names a segment': dataSet => {
      const [index] = dataSetsAt(dataSet, ['DimensionIndexSequence']);
      const { dataOffset } = present(elementOf(present(index), 'DimensionIndexPointer'));
      dataSet.byteArray.set([0x62, 0, 0x0b, 0], dataOffset);
    },
    'ReferencedSOPInstanceUID of a frame': dataSet => {
      const path = ['ReferencedSeriesSequence', 'ReferencedInstanceSequence'];
      spoil(present(dataSetsAt(dataSet, path)[0]), 'ReferencedSOPInstanceUID');
    },
  };
  test.each(Object.keys(contradictions))('sees the contradiction: %s', fault => {
    const dataSet = parsed();
    present(contradictions[fault])(dataSet);
    expect(checkLabelmap(dataSet).join('\n')).toContain(fault);
  });
});

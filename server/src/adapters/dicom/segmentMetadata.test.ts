import { describe, expect, test } from '@jest/globals';
import { labelSchema, uidSchema } from '../../contract/identifiers.ts';
import type { DicomJsonDataset, DicomJsonElement } from '../../domain/dicomJson.ts';
import { segmentedPropertyOf } from '../../domain/terminology.ts';
import { readSegmentItem } from './segmentMetadata.ts';

const text = (vr: string, value: string): DicomJsonElement => ({ vr, Value: [value] });
const coded = (value: string, scheme: string, meaning: string): DicomJsonElement => ({
  vr: 'SQ',
  Value: [{ '00080100': text('SH', value), '00080102': text('SH', scheme), '00080104': text('LO', meaning) }],
});

/** An item of SegmentSequence that says as little as can be. */
function item(changes: DicomJsonDataset = {}): DicomJsonDataset {
  return { '00620004': { vr: 'US', Value: [1] }, '00620005': text('LO', 'Liver'), ...changes };
}

describe('a segment of an odd object', () => {
  test('has a label that is no longer than it may be stored again, of whole characters', () => {
    for (const label of [
      `Liver ${'x'.repeat(200)}`,
      `${'x'.repeat(63)}\u{1FAC0}`,
      ` \u0007${'🫀'.repeat(40)}`,
    ]) {
      const read = readSegmentItem(item({ '00620005': text('LO', label) }));
      expect(labelSchema.safeParse(read?.label).success).toBe(true);
      expect(read?.label.length).toBeGreaterThan(60);
    }
    expect(readSegmentItem(item({ '00620005': text('LO', ' \u0001\u0002 ') }))?.label).toBe('Segment 1');
  });

  test('has an algorithm whose name can be stored again', () => {
    const read = readSegmentItem(
      item({ '00620008': text('CS', 'AUTOMATIC'), '00620009': text('LO', 'Net\u0000 '.repeat(40)) }),
    );
    expect(read?.description.algorithm).toEqual({
      ...{ type: 'AUTOMATIC', name: expect.stringMatching(/^(Net {2})+Net$/) },
    });
    expect(JSON.stringify(read?.description.algorithm).length).toBeLessThan(100);
  });

  test('has the codes of its label where its own are missing, or are none', () => {
    const { category, type } = segmentedPropertyOf('Liver');
    for (const odd of [
      {},
      { '0062000F': coded('T-1', 'S'.repeat(17), 'Liver') },
      { '0062000F': coded('T\u0007 1', 'SCT', 'Liver') },
      { '0062000F': coded('T-1', 'SCT', '\u0007') },
      { '0062000F': coded('1'.repeat(2000), 'SCT', 'Liver') },
    ]) {
      expect(readSegmentItem(item(odd))?.description.codes).toEqual({ category, type, typeModifiers: [] });
    }
    const long = readSegmentItem(item({ '0062000F': coded('1'.repeat(18), 'SCT', 'Liver '.repeat(20)) }));
    expect(long?.description.codes.type).toMatchObject({ value: '1'.repeat(18), scheme: 'SCT' });
    expect(long?.description.codes.type.meaning.length).toBeLessThanOrEqual(64);
  });

  test('is tracked by a UID alone', () => {
    for (const odd of ['lesion 1', '1.02', '1..2', '1.'.repeat(40) + '1', '2.25.1\u0007']) {
      expect(readSegmentItem(item({ '00620021': text('UI', odd) }))).not.toHaveProperty('trackingUID');
    }
    const { trackingUID } = readSegmentItem(item({ '00620021': text('UI', '2.25.4711') }))!;
    expect(uidSchema.parse(trackingUID)).toBe('2.25.4711');
  });

  test('is refused by a number that no segment has', () => {
    for (const odd of [65536, -1, 1.5]) {
      const numbered = item({ '00620004': { vr: 'FD', Value: [odd] } });
      expect(() => readSegmentItem(numbered)).toThrow(
        expect.objectContaining({ code: 'unsupported-segmentation' }),
      );
    }
    expect(readSegmentItem(item({ '00620004': { vr: 'US', Value: [65535] } }))?.segmentNumber).toBe(65535);
  });
});

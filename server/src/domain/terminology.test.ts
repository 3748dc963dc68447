import { describe, expect, test } from '@jest/globals';
import { segmentedPropertyOf } from './terminology.ts';

describe('codes of a label', () => {
  test('name an organ and its side, however it is written', () => {
    for (const label of ['Left kidney', 'kidney, left', 'KIDNEY_LEFT']) {
      expect(segmentedPropertyOf(label)).toMatchObject({
        category: { value: '123037004' },
        type: { value: '64033007', meaning: 'Kidney' },
        laterality: { value: '7771000' },
      });
    }
    expect(segmentedPropertyOf('Liver')).not.toHaveProperty('laterality');
  });

  test('tell the gallbladder from the bladder and the adrenal gland from the kidney', () => {
    expect(segmentedPropertyOf('gall bladder').type.meaning).toBe('Gallbladder');
    expect(segmentedPropertyOf('Urinary bladder').type.meaning).toBe('Urinary bladder');
    expect(segmentedPropertyOf('Right adrenal').type.meaning).toBe('Adrenal gland');
  });

  test('call a lesion a mass in the organ that is named', () => {
    expect(segmentedPropertyOf('Liver lesion 2')).toMatchObject({
      category: { value: '49755003' },
      type: { value: '4147007' },
      anatomicRegion: { value: '10200004' },
    });
    expect(segmentedPropertyOf('Tumour')).not.toHaveProperty('anatomicRegion');
    expect(segmentedPropertyOf('Renal cyst').type.value).toBe('367643001');
  });

  test('are tissue for everything else', () => {
    for (const label of ['Segment 1', 'Leber', 'colonel', '肝臓']) {
      expect(segmentedPropertyOf(label)).toEqual({
        category: { value: '85756007', scheme: 'SCT', meaning: 'Tissue' },
        type: { value: '85756007', scheme: 'SCT', meaning: 'Tissue' },
      });
    }
  });
});

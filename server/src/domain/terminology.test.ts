import { describe, expect, test } from '@jest/globals';
import { findPython } from '../../../test/external/python.ts';
import { runPythonScript } from '../../../test/external/pythonScript.ts';
import { labelSchema } from '../contract/identifiers.ts';
import { CATEGORIES, CODED_TERMS, MODIFIERS, segmentedPropertyOf } from './terminology.ts';

const python = findPython(['pydicom']);
const withPython = python === undefined ? test.skip : test;
if (python === undefined) {
  console.log('SKIPPED: comparing codes with the dictionaries of DICOM: no Python with pydicom is found');
}

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

  test('take the longest name, whatever else its words mean', () => {
    expect(segmentedPropertyOf('Cardiac pacemaker')).toMatchObject({
      category: { meaning: 'Physical object' },
      type: { meaning: 'Cardiac pacemaker' },
    });
    expect(segmentedPropertyOf('Blood clot')).not.toHaveProperty('anatomicRegion');
    expect(segmentedPropertyOf('Metastases in lymph nodes')).toMatchObject({
      type: { meaning: 'Neoplasm, secondary' },
      anatomicRegion: { meaning: 'Lymph node' },
    });
  });

  test('take a letter for a side only where there are two', () => {
    expect(segmentedPropertyOf('Lung_L').laterality?.meaning).toBe('Left');
    expect(segmentedPropertyOf('Rt Kidney').laterality?.meaning).toBe('Right');
    expect(segmentedPropertyOf('Liver R')).not.toHaveProperty('laterality');
    expect(segmentedPropertyOf('Left ventricle')).not.toHaveProperty('laterality');
    expect(segmentedPropertyOf('Both lungs').laterality?.meaning).toBe('Bilateral');
    expect(segmentedPropertyOf('Lesion in the right lower lobe')).toMatchObject({
      type: { meaning: 'Mass' },
      anatomicRegion: { meaning: 'Lower lobe of lung' },
      laterality: { meaning: 'Right' },
    });
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

describe('the table of terms', () => {
  test('has each code and each name once, so that a name leads to its code', () => {
    expect(new Set(CODED_TERMS.map(({ code }) => code.value)).size).toBe(CODED_TERMS.length);
    for (const { code, category, otherNames } of CODED_TERMS) {
      for (const name of [code.meaning, ...otherNames]) {
        expect(segmentedPropertyOf(name)).toMatchObject({ category, type: code });
      }
    }
  });

  test('has meanings and names that fit a label', () => {
    for (const { code, otherNames } of CODED_TERMS) {
      for (const name of [code.meaning, ...otherNames])
        expect(labelSchema.safeParse(name).success).toBe(true);
    }
  });

  withPython('has no code or meaning that the dictionaries of DICOM do not have', () => {
    const codes = [...CODED_TERMS.map(({ code }) => code), ...CATEGORIES, ...MODIFIERS];
    const strange = runPythonScript(python ?? '', 'checkCodes.py', { 'codes.json': JSON.stringify(codes) });
    expect(strange).toEqual([
      {
        ...{ value: '89837001', meaning: 'Urinary bladder' },
        meanings: ['Bladder', 'Urinary bladder structure (body structure)'],
      },
      {
        ...{ value: '123037004', meaning: 'Anatomical Structure' },
        meanings: ['Body structure (body structure)'],
      },
    ]);
  });
});

import { describe, expect, test } from '@jest/globals';
import {
  byPatient,
  caseOfSegmentation,
  caseOfStored,
  isFound,
  patientText,
  seriesTexts,
  type LabelledCase,
  type SeriesFacts,
} from './labelledCase.ts';

const FACTS: SeriesFacts = {
  ...{ patientName: 'Doe, Jane', patientID: '4711', birthDate: '1964-02-29', studyDate: '2026-01-02' },
  ...{ studyDescription: 'Abdomen', seriesDescription: 'Portal venous', modality: 'CT' },
};

function caseOf(key: string, facts: SeriesFacts | null, studyInstanceUID = '1.2.3.4.5.6.7.8'): LabelledCase {
  return {
    ...{ key, studyInstanceUID, seriesInstanceUID: '1.2.99999999', facts },
    request: { kind: 'workspace', segmentationId: key },
    labels: [{ label: 'Kidney cyst', volumeMl: 8 }],
    ...{ madeAt: '2026-02-01 10:20', origin: 'saved' },
  };
}

describe('a segmentation that can be chosen', () => {
  test('is one with a filled segment, of which the filled ones are told', () => {
    const segments = [
      { label: 'Liver', voxelCount: 9, volumeMl: 1.5 },
      { label: 'Spleen', voxelCount: 0, volumeMl: 0 },
    ];
    const made = { id: 'a', studyInstanceUID: '1.2', seriesInstanceUID: '1.3', segments, stored: [] };
    const of = (change: object): LabelledCase | undefined =>
      caseOfSegmentation({ ...made, createdAt: '2026-01-01T12:00:00Z', ...change } as never);
    expect(of({})).toMatchObject({
      request: { kind: 'workspace', segmentationId: 'a' },
      labels: [{ label: 'Liver', volumeMl: 1.5 }],
      origin: 'not saved',
    });
    expect(of({ stored: [{}] })?.origin).toBe('saved');
    expect(of({ segments: segments.slice(1) })).toBeUndefined();
  });

  test('may lie in the archive, on another series of its study', () => {
    const object = { seriesInstanceUID: '1.5', sopInstanceUID: '1.6' };
    const stored = { ...object, studyInstanceUID: '1.2', imageSeriesInstanceUID: '1.3' };
    const { request } = caseOfStored({ ...stored, description: 'SEG', labels: ['Liver'], madeAt: '' });
    expect(request).toEqual({
      ...{ kind: 'object', studyInstanceUID: '1.2', seriesInstanceUID: '1.3', object },
    });
  });

  test('says who the patient is and what it was made on, as far as that is known', () => {
    expect(patientText(caseOf('a', FACTS))).toBe('Doe, Jane · 4711 · born 1964-02-29');
    expect(seriesTexts(caseOf('a', FACTS))).toEqual(['CT', 'Portal venous', 'Abdomen', '2026-01-02']);
    expect(patientText(caseOf('a', { ...FACTS, patientName: '', birthDate: '' }))).toBe('4711');
    expect(patientText(caseOf('a', null))).toBe('Study ….5.6.7.8');
    expect(seriesTexts(caseOf('a', null))).toEqual(['series …99999999']);
  });

  test('says which volume of its series it was made on, where there are several', () => {
    const image = { sopInstanceUID: '1.2.840.12345678' };
    const ofPhase = { ...caseOf('a', { ...FACTS, volume: 'phase 2 of 3' }), image };
    expect(seriesTexts(ofPhase).slice(1, 3)).toEqual(['Portal venous', 'phase 2 of 3']);
    expect(isFound(ofPhase, 'phase 2')).toBe(true);
    const ofFrame = { ...caseOf('a', FACTS), image: { ...image, frameNumber: 7 } };
    expect(seriesTexts(ofFrame)[2]).toBe('volume of image …12345678, frame 7');
    const made = { id: 'a', studyInstanceUID: '1.2', seriesInstanceUID: '1.3', image, stored: [] };
    const segments = [{ label: 'Liver', voxelCount: 9, volumeMl: 1.5 }];
    expect(caseOfSegmentation({ ...made, segments, createdAt: '' } as never)?.image).toEqual(image);
  });
});

describe('many of them', () => {
  test('are grouped by patient ID, and by study where there is none; namesakes stay apart', () => {
    const namesake = { ...FACTS, patientID: '4712' };
    const unknown = { ...FACTS, patientID: '' };
    const cases = [
      caseOf('a', FACTS, '1.1'),
      caseOf('b', namesake, '1.2'),
      caseOf('c', FACTS, '1.3'),
      caseOf('d', unknown, '1.4'),
      caseOf('e', unknown, '1.5'),
    ];
    expect(byPatient(cases).map(group => group.cases.map(({ key }) => key))).toEqual([
      ...[['a', 'c'], ['b'], ['d'], ['e']],
    ]);
  });

  test('are found by all words of patient, series and labels, whatever their case', () => {
    const found = (typed: string): boolean => isFound(caseOf('a', FACTS), typed);
    expect(['doe cyst', '4711', 'PORTAL', ''].map(found)).toEqual([true, true, true, true]);
    expect(['doe liver', '4712'].map(found)).toEqual([false, false]);
  });
});

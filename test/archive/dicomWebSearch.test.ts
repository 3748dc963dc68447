import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SAMPLES } from './dicomWebSamples.ts';
import { DicomWebServer, OPENING_TIMEOUT_MS, valuesOf } from './dicomWebServer.ts';

let web: DicomWebServer;
beforeAll(async () => {
  web = await DicomWebServer.holding(SAMPLES);
}, OPENING_TIMEOUT_MS);
afterAll(() => web.close());

describe('searching', () => {
  test.each([
    ['', ['1.2.3.1', '1.2.3.2']],
    ['PatientName=doe*', ['1.2.3.1']],
    ['PatientName=*jane*', ['1.2.3.1']],
    ['PatientName=Doe^J?ne^*', ['1.2.3.1']],
    ['PatientName=D?e', []],
    ['PatientName=Jane Doe', []],
    ['PatientName=Jane Doe&fuzzymatching=true', ['1.2.3.1']],
    ['PatientName=jan zol luk&fuzzymatching=true', ['1.2.3.2']],
    ['PatientName=jan kowalski&fuzzymatching=true', []],
    ['PatientName=jan ŻOŁ&fuzzymatching=true', ['1.2.3.2']],
    ['PatientName=*&fuzzymatching=true', ['1.2.3.1', '1.2.3.2']],
    ['00100010=doe*', ['1.2.3.1']],
    ['00100020=P2', ['1.2.3.2']],
    ['PatientID=p?', ['1.2.3.1', '1.2.3.2']],
    ['PatientID=P', []],
    ['PatientID=', ['1.2.3.1', '1.2.3.2']],
    ['AccessionNumber=A_2', ['1.2.3.2']],
    ['AccessionNumber=A__', []],
    ['StudyDescription=50%25*', ['1.2.3.2']],
    ['StudyDescription=*%25*', ['1.2.3.2']],
    ['StudyDescription=%25', []],
    ['StudyDate=20240229', ['1.2.3.1']],
    ['StudyDate=20230101-20231231', ['1.2.3.2']],
    ['StudyDate=20240101-', ['1.2.3.1']],
    ['StudyDate=-20240229', ['1.2.3.1', '1.2.3.2']],
    ['StudyDate=-20221231', []],
    ['StudyTime=08-0930', ['1.2.3.2']],
    ['StudyTime=1015', ['1.2.3.1']],
    ['ModalitiesInStudy=CT', ['1.2.3.1']],
    ['ModalitiesInStudy=CT,SEG', ['1.2.3.1', '1.2.3.2']],
    ['ModalitiesInStudy=CT%5CSEG', ['1.2.3.1', '1.2.3.2']],
    ['ModalitiesInStudy=PT', []],
    ['SOPClassesInStudy=1.2.840.10008.5.1.4.1.1.66.4', ['1.2.3.2']],
    ['StudyInstanceUID=1.2.3.2,1.2.3.99', ['1.2.3.2']],
    ['StudyInstanceUID=1.2.3.2&StudyInstanceUID=1.2.3.1', ['1.2.3.1', '1.2.3.2']],
    ['SeriesInstanceUID=1.2.3.2.2', ['1.2.3.2']],
    ['ReferringPhysicianName=house*&PatientID=P1', ['1.2.3.1']],
    ['limit=1', ['1.2.3.1']],
    ['limit=1&offset=1', ['1.2.3.2']],
    ['offset=2', []],
    ['limit=0', []],
    ['someViewerParameter=1', ['1.2.3.1', '1.2.3.2']],
    ['constructor=1&__proto__=1&includefield=toString', ['1.2.3.1', '1.2.3.2']],
  ])('finds the studies of "%s", newest first', async (query, expected) => {
    expect(valuesOf(await web.search(`/studies?${query}`), '0020000D')).toEqual(expected);
  });

  test('tells of a study what PS3.18 asks for, and no more unless it is asked', async () => {
    const [study] = await web.search('/studies?PatientID=P2');
    expect(study).toMatchObject({
      '00080020': { vr: 'DA', Value: ['20230115'] },
      '00080050': { vr: 'SH', Value: ['A_2'] },
      '00080056': { vr: 'CS', Value: ['ONLINE'] },
      '00080061': { vr: 'CS', Value: ['MR', 'OT', 'SEG', 'SR'] },
      '00080090': { vr: 'PN', Value: [{ Alphabetic: 'House^Gregory' }] },
      '00081190': { vr: 'UR', Value: ['/dicom-web/studies/1.2.3.2'] },
      '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Łukasz^Żółty^Jan' }] },
      '00201206': { vr: 'IS', Value: [4] },
      '00201208': { vr: 'IS', Value: [4] },
    });
    expect(study).not.toHaveProperty('0020000E');
  });

  test('says that there is more than the page holds', async () => {
    expect((await web.get('/studies?limit=1')).headers.get('Warning')).toMatch(/^299 /);
    expect((await web.get('/studies?limit=2')).headers.get('Warning')).toBeNull();
  });

  test('lists the series of a study by number, with their counts', async () => {
    const series = await web.search('/studies/1.2.3.2/series');
    expect(valuesOf(series, '00080060')).toEqual(['MR', 'SEG', 'OT', 'SR']);
    expect(valuesOf(series, '00201209')).toEqual([1, 1, 1, 1]);
    expect(valuesOf(series, '00100010')).toEqual([undefined, undefined, undefined, undefined]);
    expect(valuesOf(await web.search('/studies/1.2.3.2/series?Modality=SEG'), '0020000E')).toEqual([
      '1.2.3.2.2',
    ]);
    expect(await web.search('/studies/1.2.3.77/series')).toEqual([]);
  });

  test('lists the instances of a series by number', async () => {
    const instances = await web.search('/studies/1.2.3.1/series/1.2.3.1.1/instances');
    expect(valuesOf(instances, '00080018')).toEqual(['1.2.3.1.1.1', '1.2.3.1.1.2', '1.2.3.1.1.3']);
    expect(instances[0]).toMatchObject({ '00280010': { Value: [2] }, '00280011': { Value: [3] } });
    expect(valuesOf(await web.search('/studies/1.2.3.1/instances?InstanceNumber=2'), '00080018')).toEqual([
      '1.2.3.1.1.2',
    ]);
  });

  test('searches all series and instances, with the attributes of the levels above', async () => {
    const series = await web.search('/series?Modality=CT');
    expect(series).toHaveLength(1);
    expect(series[0]).toMatchObject({ '00100020': { Value: ['P1'] }, '00081190': { vr: 'UR' } });
    const instances = await web.search('/instances?SOPClassUID=1.2.840.10008.5.1.4.1.1.66.4');
    expect(valuesOf(instances, '00100020')).toEqual(['P2']);
    expect(valuesOf(instances, '00280008')).toEqual([3]);
  });

  test('returns further attributes where includefield names them', async () => {
    const path = '/studies/1.2.3.1/series/1.2.3.1.1/instances?limit=1';
    const tags = async (fields: string): Promise<readonly string[]> =>
      Object.keys((await web.search(path + fields))[0] ?? {});
    expect(await tags('')).not.toContain('00280101');
    expect(await tags('&includefield=BitsStored')).toContain('00280101');
    expect(await tags('&includefield=00280102,BitsStored&includefield=SamplesPerPixel')).toEqual(
      expect.arrayContaining(['00280101', '00280102', '00280002']),
    );
    expect(await tags('&includefield=all')).toEqual(expect.arrayContaining(['00280103', '00280004']));
  });

  test.each([
    '/studies?limit=-1',
    '/studies?offset=x',
    '/studies?fuzzymatching=perhaps',
    '/studies?NumberOfStudyRelatedSeries=2',
    '/instances?InstanceNumber=two',
    '/instances?PixelData=1',
    '/studies?ReferencedStudySequence.ReferencedSOPInstanceUID=1',
    '/studies?PatientName=Doe%00',
    '/studies?PatientName=%00&fuzzymatching=true',
    '/studies?ModalitiesInStudy=CT%00',
    '/studies?StudyInstanceUID=1.2%00',
    '/studies?StudyDate=%00',
    '/studies/1..2/series',
    '/studies/..%2F..%2Fetc/series',
  ])('answers %s with invalid-request', async path => {
    const response = await web.get(path);
    expect([response.status, await response.json()]).toMatchObject([400, { code: 'invalid-request' }]);
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { DicomMeasurementReportEncoder } from '../../server/src/adapters/dicom/dicomMeasurementReportEncoder.ts';
import { DicomSegmentationEncoder } from '../../server/src/adapters/dicom/dicomSegmentationEncoder.ts';
import { DicomStructureSetEncoder } from '../../server/src/adapters/dicom/dicomStructureSetEncoder.ts';
import { transferSyntaxOf } from '../../server/src/adapters/dicom/transferSyntax.ts';
import { memorySource } from '../../server/src/formats/byteSource.ts';
import { tagOf } from '../../server/src/formats/dicomDictionary.ts';
import { toDicomJson } from '../../server/src/formats/dicomJson.ts';
import { readPart10 } from '../../server/src/formats/part10.ts';
import { EXPORTED_SEGMENTS, SHAPE } from '../fixtures/exportedSegments.ts';
import { REPORT } from '../fixtures/measurementReports.ts';
import { ALGORITHM, segmentationOf, segmentOf, sourceOf } from '../fixtures/segmentations.ts';

const statement = readFileSync(new URL('../../docs/dicom-conformance.md', import.meta.url), 'utf8');

const AVAILABLE_TRANSFER_SYNTAX_UID = '00083002';

/** Text of the section of a number, without those below it. */
function section(number: string): string {
  const found = statement.split(/^#+ /m).find(text => text.startsWith(`${number} `));
  if (found === undefined) throw new Error(`the statement has no section ${number}`);
  return found;
}

/** Tags of the attributes that a section has in the first column of its table. */
function listedTags(number: string): readonly string[] {
  return [...section(number).matchAll(/^\| `(\w+)`/gm)].map(([, keyword = '']) => tagOf(keyword) ?? keyword);
}

async function writtenTags(part10: Uint8Array): Promise<readonly string[]> {
  const dataset = toDicomJson(await readPart10(memorySource(part10)), path => path);
  // The archive's own word on the file (PS3.18 table 10.6.1-3); it is not in it.
  return Object.keys(dataset).filter(tag => tag !== AVAILABLE_TRANSFER_SYNTAX_UID);
}

const mask = EXPORTED_SEGMENTS[0]!.mask;
const segmentation = segmentationOf(sourceOf(SHAPE), [segmentOf(mask)]);
const LABELMAP = { segmentationType: 'LABELMAP', compression: 'none', frames: 'non-empty' } as const;

/** Encoders of every form of the objects of a section. */
const OBJECTS: Readonly<Record<string, readonly (() => Uint8Array | Promise<Uint8Array>)[]>> = {
  '8.2': [
    () => new DicomSegmentationEncoder().encode(segmentation),
    () => new DicomSegmentationEncoder().encode({ ...segmentation, format: LABELMAP }),
  ],
  '8.3': [() => new DicomMeasurementReportEncoder().encode(REPORT)],
  '8.4': [
    () =>
      new DicomStructureSetEncoder().encode(
        {
          ...{ source: sourceOf(SHAPE), segments: EXPORTED_SEGMENTS, ...ALGORITHM },
          ...{ seriesInstanceUID: '2.25.1', sopInstanceUID: '2.25.2' },
          ...{ seriesDescription: 'Tomoclick segmentation', contentDate: new Date() },
        },
        new AbortController().signal,
      ),
  ],
};

describe('the conformance statement', () => {
  for (const [number, encoders] of Object.entries(OBJECTS)) {
    test(`lists in section ${number} exactly the attributes that are written, none of them private`, async () => {
      const tags = await Promise.all(encoders.map(async encode => writtenTags(await encode())));
      const written = [...new Set(tags.flat())];
      expect([...listedTags('8.1'), ...listedTags(number)].sort()).toEqual([...written].sort());
      expect(written.filter(tag => Number.parseInt(tag.slice(0, 4), 16) % 2 === 1)).toEqual([]);
    });
  }

  test('lists transfer syntaxes that are read, by their names', () => {
    const listed = [...section('4.4').matchAll(/^\| (.+?) +\| `([\d.]+)`/gm)];
    expect(listed).toHaveLength(16);
    for (const [, name = '', uid = ''] of listed) {
      expect([uid, transferSyntaxOf(uid)?.name]).toEqual([uid, name.replace(' (retired)', '')]);
    }
  });
});

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DicomMeasurementReportEncoder } from '../../server/src/adapters/dicom/dicomMeasurementReportEncoder.ts';
import { DicomStructureSetEncoder } from '../../server/src/adapters/dicom/dicomStructureSetEncoder.ts';
import { RemoteArchive } from '../../server/src/adapters/dicomweb/remoteArchive.ts';
import { newUid } from '../../server/src/domain/uid.ts';
import { EXPORTED_SEGMENTS, SHAPE } from '../fixtures/exportedSegments.ts';
import { REPORT } from '../fixtures/measurementReports.ts';
import { ALGORITHM, sourceOf } from '../fixtures/segmentations.ts';
import { findOrthanc, startOrthanc, type RunningOrthanc } from './startOrthanc.ts';

const installed = findOrthanc() !== undefined;
if (!installed)
  console.log('SKIPPED: reports and structure sets in a real PACS: Orthanc with DICOMweb is not installed');
const describeWithOrthanc = installed ? describe : describe.skip;
const never = new AbortController().signal;

describeWithOrthanc('a real PACS (Orthanc)', () => {
  let orthanc: RunningOrthanc;
  beforeAll(async () => {
    orthanc = await startOrthanc();
  }, 60_000);
  afterAll(() => orthanc?.stop(), 30_000);

  test('takes a measurement report, finds it as SR and gives it back as it was', async () => {
    const archive = new RemoteArchive(orthanc.archiveUrl);
    const uids = { seriesInstanceUID: newUid(), sopInstanceUID: newUid() };
    const report = new DicomMeasurementReportEncoder().encode({ ...REPORT, ...uids });
    const { studyInstanceUID } = REPORT.source.series;
    await archive.store(studyInstanceUID, report, never);

    const query = await fetch(`${orthanc.archiveUrl}/studies/${studyInstanceUID}/series?Modality=SR`, {
      headers: { Accept: 'application/dicom+json' },
    });
    expect(JSON.stringify(await query.json())).toContain(uids.seriesInstanceUID);
    const stored: Uint8Array[] = [];
    const series = { studyInstanceUID, seriesInstanceUID: uids.seriesInstanceUID };
    for await (const part10 of archive.retrieveSeries(series, never)) stored.push(part10);
    expect(stored.map(part10 => Buffer.from(part10).equals(report))).toEqual([true]);
  });

  test('takes an RT Structure Set, finds it and lists its contours', async () => {
    const archive = new RemoteArchive(orthanc.archiveUrl);
    const uids = { seriesInstanceUID: newUid(), sopInstanceUID: newUid() };
    const source = sourceOf(SHAPE);
    const structureSet = await new DicomStructureSetEncoder().encode(
      {
        ...{ source, segments: EXPORTED_SEGMENTS, ...ALGORITHM, ...uids },
        ...{ seriesDescription: 'Tomoclick segmentation', contentDate: new Date() },
      },
      never,
    );
    const { studyInstanceUID } = source.series;
    await archive.store(studyInstanceUID, structureSet, never);

    const series = `${orthanc.archiveUrl}/studies/${studyInstanceUID}/series`;
    const headers = { Accept: 'application/dicom+json' };
    const query = await fetch(`${series}?Modality=RTSTRUCT`, { headers });
    expect(JSON.stringify(await query.json())).toContain(uids.seriesInstanceUID);
    const metadata = await fetch(`${series}/${uids.seriesInstanceUID}/metadata`, { headers });
    const contourNames = EXPORTED_SEGMENTS.map(({ label }) => ({ '30060026': { Value: [label] } }));
    expect(await metadata.json()).toMatchObject([
      { '30060020': { Value: contourNames }, '30060039': { Value: contourNames.map(() => ({})) } },
    ]);
  });
});

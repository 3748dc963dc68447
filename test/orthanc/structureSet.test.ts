import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { EXPORTED_SEGMENTS, SHAPE } from '../fixtures/exportedSegments.ts';
import { ALGORITHM, sourceOf } from '../fixtures/segmentations.ts';
import { findOrthanc, startOrthanc, type RunningOrthanc } from './startOrthanc.ts';
import { newUid } from '../../server/src/domain/uid.ts';
import { DicomStructureSetEncoder } from '../../server/src/adapters/dicom/dicomStructureSetEncoder.ts';
import { RemoteArchive } from '../../server/src/adapters/dicomweb/remoteArchive.ts';

const installed = findOrthanc() !== undefined;
if (!installed) console.log('SKIPPED: structure sets in a real PACS: Orthanc with DICOMweb is not installed');
const describeWithOrthanc = installed ? describe : describe.skip;
const never = new AbortController().signal;

describeWithOrthanc('a real PACS (Orthanc)', () => {
  let orthanc: RunningOrthanc;
  beforeAll(async () => {
    orthanc = await startOrthanc();
  }, 60_000);
  afterAll(() => orthanc?.stop(), 30_000);

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

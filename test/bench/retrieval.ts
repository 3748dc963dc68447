import { RemoteArchive } from '../../server/src/adapters/dicomweb/remoteArchive.ts';
import { ThreadedDecoder } from '../../server/src/adapters/dicom/threadedDecoder.ts';
import { assembleVolume } from '../../server/src/application/assembleVolume.ts';
import { affineFromColumns } from '../../server/src/domain/affine.ts';
import { FakeArchive, sendParts } from '../fixtures/fakeArchive.ts';
import { seriesFiles } from '../fixtures/seriesFiles.ts';
import { median, type Measure } from './table.ts';

const SIZE = 512;
const SLICES = 200;
const ROUNDS = 7;
const AIM_RATIO = 1.3;
const SERIES = { studyInstanceUID: '1.2.826.3', seriesInstanceUID: '1.2.826.3.1' };

/** From a series in an archive on this machine to its volume, beside a bare download of the same bytes. */
export async function retrievalMeasures(): Promise<Measure[]> {
  const files = seriesFiles({
    ijkToLps: affineFromColumns([0.7, 0, 0], [0, 0.7, 0], [0, 0, 1.5], [-180, -180, 0]),
    ...{ columns: SIZE, rows: SIZE, sliceCount: SLICES, valueAt: (i, j, k) => (i * j + k) % 2000 },
    ...SERIES,
  });
  const fake = await FakeArchive.start((_, response) => sendParts(response, files));
  const decoder = new ThreadedDecoder();
  const imageArchive = new RemoteArchive(fake.url);
  const never = new AbortController().signal;
  const [bareMs, volumeMs]: [number[], number[]] = [[], []];
  try {
    for (let round = 0; round < ROUNDS; round++) {
      bareMs.push(await timeMs(async () => drain(await fetch(fake.url))));
      volumeMs.push(
        await timeMs(() => assembleVolume(SERIES, { imageArchive, sliceDecoder: decoder }, never)),
      );
    }
  } finally {
    await decoder.close();
    await fake.stop();
  }
  const [bare, volume] = [median(bareMs), median(volumeMs)];
  const note = `${SLICES} slices of ${SIZE} × ${SIZE}, uncompressed`;
  return [
    { name: 'bare download of a series', value: bare, unit: 'ms', note },
    { name: 'retrieval to volume', value: volume, unit: 'ms' },
    { name: 'retrieval to volume / bare download', value: volume / bare, unit: '×', aim: AIM_RATIO },
  ];
}

async function drain(response: Response): Promise<void> {
  const reader = response.body?.getReader();
  while (reader && !(await reader.read()).done);
}

async function timeMs(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import dicomParser, { type DataSet } from 'dicom-parser';
import { add, cross, norm, scale, subtract, type Vector3 } from '../../server/src/domain/affine.ts';
import { testDataFolder } from '../data/testData.ts';
import { dciodvfy, hasDciodvfy } from '../external/dciodvfy.ts';
import { findPython, readSegmentationInPython } from '../external/python.ts';
import { readSegmentation, type ReadSegmentation } from '../fixtures/readSegmentation.ts';
import { ApiClient, click } from './apiClient.ts';
import { startServer, type RunningServer } from './runningServer.ts';

const SERIES = [
  { name: 'LUNG1-001', isImage: (path: string) => path.includes('/image/') },
  { name: 'ProstateX-0000-t2', isImage: () => true },
] as const;
/** DS values have 16 characters, and highdicom rounds nothing: positions agree to far less than a voxel. */
const POSITION_TOLERANCE_MM = 1e-4;

const data = testDataFolder();
const python = findPython(['highdicom', 'pydicom']);
if (!data) console.log('SKIPPED: real series through the server: TOMOCLICK_TEST_DATA is not found');
if (!hasDciodvfy()) console.log('SKIPPED: validation of SEGs of real series: dciodvfy is not installed');
if (!python) console.log('SKIPPED: SEGs of real series in Python: no Python with highdicom is found');
const describeWithData = data ? describe : describe.skip;
const testWithDciodvfy = hasDciodvfy() ? test : test.skip;
const testWithPython = python ? test : test.skip;

/** A slice of the source, as its own file places it; read here without any code of the server. */
interface SourceSlice {
  readonly sopInstanceUID: string;
  readonly originLps: Vector3;
  readonly columnStepMm: Vector3;
  readonly rowStepMm: Vector3;
}

interface Source {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly columns: number;
  readonly rows: number;
  /** In the order of their positions along the normal. */
  readonly slices: readonly SourceSlice[];
}

const numbersOf = (dataSet: DataSet, tag: string): number[] =>
  (dataSet.string(tag) ?? '').split('\\').map(Number);
const vectorOf = (numbers: readonly number[], start = 0): Vector3 => [
  numbers[start]!,
  numbers[start + 1]!,
  numbers[start + 2]!,
];

function readSource(files: readonly string[]): Source {
  const dataSets = files.map(file => dicomParser.parseDicom(readFileSync(file), { untilTag: 'x7fe00010' }));
  const slices = dataSets.map((dataSet): SourceSlice => {
    const orientation = numbersOf(dataSet, 'x00200037');
    const [rowSpacing, columnSpacing] = numbersOf(dataSet, 'x00280030');
    return {
      sopInstanceUID: dataSet.string('x00080018')!,
      originLps: vectorOf(numbersOf(dataSet, 'x00200032')),
      columnStepMm: scale(vectorOf(orientation), columnSpacing!),
      rowStepMm: scale(vectorOf(orientation, 3), rowSpacing!),
    };
  });
  const first = dataSets[0]!;
  const normal = cross(slices[0]!.columnStepMm, slices[0]!.rowStepMm);
  const height = ({ originLps }: SourceSlice): number =>
    originLps[0] * normal[0] + originLps[1] * normal[1] + originLps[2] * normal[2];
  return {
    studyInstanceUID: first.string('x0020000d')!,
    seriesInstanceUID: first.string('x0020000e')!,
    columns: first.uint16('x00280011')!,
    rows: first.uint16('x00280010')!,
    slices: slices.sort((a, b) => height(a) - height(b)),
  };
}

const pixelLps = (slice: SourceSlice, column: number, row: number): Vector3 =>
  add(slice.originLps, add(scale(slice.columnStepMm, column), scale(slice.rowStepMm, row)));

/** Voxels of the SEG by frame, row and column, each placed by the source file that its frame refers to. */
function voxelsBySource(seg: ReadSegmentation, { slices }: Source): Vector3[] {
  const byUid = new Map(slices.map(slice => [slice.sopInstanceUID, slice]));
  return seg.frames.flatMap(frame => {
    const slice = byUid.get(frame.referencedSOPInstanceUID);
    if (!slice) throw new Error('a frame refers to no slice of the source');
    return [...frame.pixels].flatMap((pixel, offset) =>
      pixel ? [pixelLps(slice, offset % seg.columns, Math.floor(offset / seg.columns))] : [],
    );
  });
}

describeWithData('a real series through the server', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tomoclick-real-'));
  let server: RunningServer;
  let client: ApiClient;

  beforeAll(async () => {
    for (const { name } of SERIES) {
      const run = spawnSync('tar', ['-xJf', join(data ?? '', 'dicom', `${name}.tar.xz`), '-C', folder]);
      if (run.status !== 0) throw new Error(`tar: ${String(run.error ?? run.stderr)}`);
    }
    server = await startServer(join(folder, 'home'), { imports: [folder] });
    client = new ApiClient(server.url);
  }, 300_000);

  afterAll(async () => {
    await server.end('SIGTERM');
    rmSync(folder, { recursive: true, force: true });
  });

  describe.each(SERIES)('$name', ({ name, isImage }) => {
    let source: Source;
    let part10: Uint8Array;
    let clickLps: Vector3;

    beforeAll(async () => {
      const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter(path => path.startsWith(name) && path.endsWith('.dcm') && isImage(`/${path}`))
        .map(path => join(folder, path));
      source = readSource(files);
      const { columns, rows, slices } = source;
      clickLps = pixelLps(slices[Math.floor(slices.length / 2)]!, columns / 2, rows / 2);
      const { id } = await client.create(source, ['Organ']);
      await client.edit(id, 'prompts', { prompts: [click(clickLps)] });
      const stored = await client.send('POST', `/api/v1/segmentations/${id}/store`);
      expect(stored.status).toBe(201);
      const location = stored.headers.get('Location') ?? '';
      const instance = await client.send('GET', new URL(location, server.url).pathname, undefined, {
        Accept: 'application/dicom',
      });
      expect(instance.status).toBe(200);
      part10 = instance.bytes;
    }, 300_000);

    test('gives a mask about the click, found in the archive as a SEG of the series', () => {
      const voxels = voxelsBySource(readSegmentation(part10), source);
      const distances = voxels.map(voxel => norm(subtract(voxel, clickLps)));
      expect(distances.length).toBeGreaterThan(50);
      // The component that holds the click: some voxel of it lies within a voxel or two of the click.
      expect(distances.reduce((least, mm) => Math.min(least, mm), Infinity)).toBeLessThan(5);
    }, 120_000);

    testWithDciodvfy('makes dciodvfy say nothing against the SEG', () => {
      expect(dciodvfy(part10).errors).toEqual([]);
    });

    testWithPython(
      'lies for highdicom where the files of the source say, voxel for voxel',
      () => {
        const expected = voxelsBySource(readSegmentation(part10), source);
        const seen = readSegmentationInPython(python!, part10).segments[0]?.voxels ?? [];
        expect(seen).toHaveLength(expected.length);
        const farthestMm = seen.reduce(
          (most, point, n) => Math.max(most, norm(subtract(point, expected[n]!))),
          0,
        );
        expect(farthestMm).toBeLessThan(POSITION_TOLERANCE_MM);
      },
      300_000,
    );
  });
});

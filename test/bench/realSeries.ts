import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { firstSliceOf } from '../fixtures/firstSlice.ts';
import type { DecodedSlice } from '../../server/src/domain/decodedSlice.ts';
import { stackGeometry } from '../../server/src/domain/stackGeometry.ts';
import type { VolumeGeometry } from '../../server/src/domain/volumeGeometry.ts';
import { testDataFolder } from '../data/testData.ts';
import type { BenchSeries } from './clickSession.ts';

const ARCHIVE = 'dicom/LUNG1-001.tar.xz';

export interface RealSeries {
  readonly folder: string;
  readonly series: BenchSeries;
  readonly geometry: VolumeGeometry;
}

/** The real CT series of the test data, unpacked into `into`; a reason where it is not to be had. */
export async function unpackRealSeries(into: string): Promise<RealSeries | string> {
  const archive = join(testDataFolder() ?? '', ARCHIVE);
  if (!existsSync(archive)) return `${ARCHIVE} is not in the test data`;
  mkdirSync(into, { recursive: true });
  try {
    execFileSync('tar', ['-xJf', archive, '-C', into], { stdio: 'ignore' });
  } catch {
    return 'tar with xz is not installed';
  }
  const slices = await ctSlices(into);
  const [first] = slices;
  if (!first) return `${ARCHIVE} holds no CT`;
  const { geometry, order } = stackGeometry(slices);
  return {
    ...{ folder: into, geometry },
    series: {
      studyInstanceUID: first.studyInstanceUID,
      seriesInstanceUID: first.seriesInstanceUID,
      shapeIjk: geometry.shapeIjk,
      sopInstanceUIDs: order.map(
        index => (index === undefined ? undefined : slices[index])?.sopInstanceUID ?? '',
      ),
    },
  };
}

async function ctSlices(folder: string): Promise<DecodedSlice[]> {
  const found: DecodedSlice[] = [];
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.dcm')) continue;
    const slice = await firstSliceOf(readFileSync(join(folder, name))).catch(() => undefined);
    if (slice?.modality === 'CT') found.push(slice);
  }
  const [first] = found;
  return found.filter(slice => slice.seriesInstanceUID === first?.seriesInstanceUID);
}

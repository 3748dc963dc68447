import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { firstSliceOf } from '../fixtures/firstSlice.ts';
import { ANATOMY, namesOf, structureAt } from '../../server/src/adapters/demoStudy/anatomy/anatomy.ts';
import { MOST_OVERSTATED } from '../../server/src/adapters/demoStudy/implicit.ts';
import { DEMO_SERIES, demoStudyFiles } from '../../server/src/adapters/demoStudy/demoStudy.ts';
import { demoStudyInstances } from '../../server/src/adapters/demoStudy/demoStudyInstances.ts';
import { seededRandom } from '../../server/src/adapters/demoStudy/random.ts';
import type { Vector3 } from '../../server/src/domain/affine.ts';
import { countVoxels, voxelAt } from '../../server/src/domain/mask.ts';
import { stackGeometry } from '../../server/src/domain/stackGeometry.ts';
import { indexIjkOf, pointLpsOf, sameGeometry } from '../../server/src/domain/volumeGeometry.ts';
import { DEMO_GEOMETRY } from './demoGeometry.ts';
import { DEMO_STRUCTURES } from './demoStructures.ts';
import { demoTruth } from './demoTruth.ts';

function firstFiles(count: number): Uint8Array[] {
  const files: Uint8Array[] = [];
  for (const file of demoStudyFiles()) {
    files.push(file);
    if (files.length === count) break;
  }
  return files;
}

const twoFiles = firstFiles(2);

describe('the demo study', () => {
  test('is the same, byte for byte, each time', () => {
    expect(Buffer.compare(firstFiles(1)[0] ?? Buffer.alloc(0), twoFiles[0] ?? Buffer.alloc(1))).toBe(0);
  }, 120_000);

  test('lies on the grid that the ground truth is drawn on', async () => {
    const slices = await Promise.all(twoFiles.map(file => firstSliceOf(file)));
    const { geometry } = stackGeometry(slices);
    const expected = { ...DEMO_GEOMETRY, shapeIjk: [512, 512, 2] as const };
    expect(sameGeometry(geometry, expected)).toBe(true);
    expect(slices[0]?.patientStudy.patientName).toBe(DEMO_SERIES.patientName);
    expect(slices[0]?.rescaleIntercept).toBe(-1024);
  });

  test('comes out of the worker as it comes out of this thread, and stops when nobody listens', async () => {
    const progress: number[] = [];
    const files: Uint8Array[] = [];
    for await (const file of demoStudyInstances(done => progress.push(done), new AbortController().signal)) {
      files.push(file);
      if (files.length === 2) break;
    }
    expect(progress).toEqual([1, 2]);
    expect(files.map((file, n) => Buffer.compare(file, twoFiles[n] ?? Buffer.alloc(0)))).toEqual([0, 0]);
  }, 120_000);

  test('ends with the reason of the signal', async () => {
    const aborter = new AbortController();
    const files = demoStudyInstances(() => aborter.abort(new Error('enough')), aborter.signal);
    await files.next();
    await expect(files.next()).rejects.toThrow('enough');
  }, 120_000);

  const hasDciodvfy = spawnSync('dciodvfy', ['-version']).error === undefined;
  if (!hasDciodvfy) console.log('SKIPPED: demo study against dciodvfy: dciodvfy is not installed');
  (hasDciodvfy ? test : test.skip)('has no dciodvfy errors', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tomoclick-demo-'));
    try {
      const file = join(folder, 'slice.dcm');
      writeFileSync(file, twoFiles[1] ?? '');
      const report = execFileSync('sh', ['-c', 'dciodvfy "$0" 2>&1 || true', file], { encoding: 'utf8' });
      expect(report).toContain('CTImage');
      expect(report).not.toMatch(/^Error/m);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('the anatomy', () => {
  test('never says that a surface is farther than blocks of voxels are culled by', () => {
    const random = seededRandom(3);
    const overstated: string[] = [];
    for (const { name, parts } of ANATOMY) {
      for (const { distance, minLps, maxLps } of parts.filter((_, n) => n % 9 === 0)) {
        for (let trial = 0; trial < 60; trial++) {
          const anywhere = (axis: 0 | 1 | 2): number =>
            minLps[axis] - 4 + random() * (maxLps[axis] - minLps[axis] + 8);
          const p: Vector3 = [anywhere(0), anywhere(1), anywhere(2)];
          const step: Vector3 = [random() * 12 - 6, random() * 12 - 6, random() * 12 - 6];
          const [from, to] = [distance(...p), distance(p[0] + step[0], p[1] + step[1], p[2] + step[2])];
          const crossed = from < 0 !== to < 0;
          if (crossed && Math.abs(from) > MOST_OVERSTATED * Math.hypot(...step)) overstated.push(name);
        }
      }
    }
    expect([...new Set(overstated)]).toEqual([]);
  });

  test.each(DEMO_STRUCTURES)('has $name where the first click goes', ({ name, firstClickLps }) => {
    const top = structureAt(firstClickLps);
    expect(top && namesOf(top)).toContain(name);
  });

  test('has air around the patient', () => {
    expect(structureAt([0, -190, 0])).toBeUndefined();
  });
});

describe('the ground truth', () => {
  test.each(DEMO_STRUCTURES.filter(({ name }) => name !== 'liver'))(
    'of $name agrees with the anatomy voxel by voxel',
    ({ name, firstClickLps }) => {
      const mask = demoTruth(name, DEMO_GEOMETRY);
      const [i, j, k] = indexIjkOf(DEMO_GEOMETRY, firstClickLps).map(Math.round);
      expect(voxelAt(mask, i ?? 0, j ?? 0, k ?? 0)).toBe(1);
      expect(countVoxels(mask)).toBeGreaterThan(100);
      const random = seededRandom(9);
      const { minIjk, maxIjk } = mask.box;
      for (let trial = 0; trial < 60; trial++) {
        const index = [0, 1, 2].map(
          axis => (minIjk[axis] ?? 0) + Math.floor(random() * ((maxIjk[axis] ?? 0) - (minIjk[axis] ?? 0))),
        );
        const [a = 0, b = 0, c = 0] = index;
        const top = structureAt(pointLpsOf(DEMO_GEOMETRY, [a, b, c]));
        expect(voxelAt(mask, a, b, c)).toBe(top && namesOf(top).includes(name) ? 1 : 0);
      }
    },
  );

  test('refuses a name that the demo study does not have', () => {
    expect(() => demoTruth('appendix', DEMO_GEOMETRY)).toThrow(RangeError);
  });
});

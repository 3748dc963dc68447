import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');

/** A Python that has `modules` (TOMOCLICK_PYTHON, or the project's .venv); undefined where there is none. */
export function findPython(modules: readonly string[]): string | undefined {
  const program = process.env.TOMOCLICK_PYTHON ?? join(ROOT, '.venv/bin/python');
  if (!process.env.TOMOCLICK_PYTHON && !existsSync(program)) return undefined;
  const run = spawnSync(program, ['-c', modules.map(name => `import ${name}`).join('\n')]);
  return run.status === 0 ? program : undefined;
}

/** What test/python/readSegmentation.py prints. */
export interface SegmentationSeenByPython {
  readonly modality: string;
  readonly patientName: string;
  readonly frameOfReferenceUID: string;
  readonly segments: readonly {
    readonly segmentNumber: number;
    readonly label: string;
    readonly categoryMeaning: string;
    readonly typeMeaning: string;
    readonly trackingUID: string;
    /** Voxel centres, mm, patient LPS. */
    readonly voxels: readonly (readonly [number, number, number])[];
  }[];
}

/** A SEG as highdicom and pydicom see it. Throws with their words when they cannot read it. */
export function readSegmentationInPython(python: string, part10: Uint8Array): SegmentationSeenByPython {
  const folder = mkdtempSync(join(tmpdir(), 'tomoclick-python-'));
  try {
    const file = join(folder, 'segmentation.dcm');
    writeFileSync(file, part10);
    const script = join(ROOT, 'test/python/readSegmentation.py');
    const run = spawnSync(python, [script, file], { encoding: 'utf8', maxBuffer: 2 ** 30 });
    if (run.status !== 0) throw new Error(run.stderr || String(run.error));
    return JSON.parse(run.stdout) as SegmentationSeenByPython;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A SEG of a series as highdicom writes it (test/python/writeSegmentation.py). @param images Part 10 files */
export function writeSegmentationInPython(
  python: string,
  segmentationType: 'BINARY' | 'FRACTIONAL' | 'LABELMAP',
  images: readonly Uint8Array[],
): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'tomoclick-python-'));
  try {
    const sources = join(folder, 'images');
    mkdirSync(sources);
    images.forEach((image, index) => writeFileSync(join(sources, `${index}.dcm`), image));
    const script = join(ROOT, 'test/python/writeSegmentation.py');
    const out = join(folder, 'segmentation.dcm');
    const run = spawnSync(python, [script, segmentationType, sources, out], { encoding: 'utf8' });
    if (run.status !== 0) throw new Error(run.stderr || String(run.error));
    return readFileSync(out);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

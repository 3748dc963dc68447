import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { DicomSegmentationDecoder } from '../../server/src/adapters/dicom/dicomSegmentationDecoder.ts';
import { DicomSegmentationEncoder } from '../../server/src/adapters/dicom/dicomSegmentationEncoder.ts';
import { DicomStructureSetEncoder } from '../../server/src/adapters/dicom/dicomStructureSetEncoder.ts';
import { countVoxels, type Mask } from '../../server/src/domain/mask.ts';
import { placeSegmentation } from '../../server/src/domain/placeSegmentation.ts';
import { codesOfLabel } from '../../server/src/domain/segmentDescription.ts';
import type { SegmentationFormat } from '../../server/src/domain/segmentationFormat.ts';
import type { SegmentationToEncode } from '../../server/src/ports/segmentationEncoder.ts';
import { maskOf, segmentationOf, segmentOf, sourceOf } from '../fixtures/segmentations.ts';
import { longestTurnOf } from './longestTurn.ts';
import { median, type Measure } from './table.ts';

const SHAPE = [512, 512, 600] as const;
const SEGMENTS = 10;
/** Half axes of each segment in voxels: like organs in a CT of the trunk, two fifths of the slices each. */
const HALF_AXES = [60, 50, 118] as const;
const ROUNDS = 5;
const AIM_MS = 300;
const AIM_MB = 100;
const MB = 1024 * 1024;

const FORMATS: Readonly<Record<string, SegmentationFormat>> = {
  BINARY: { segmentationType: 'BINARY', compression: 'none', frames: 'non-empty' },
  'BINARY, deflated': { segmentationType: 'BINARY', compression: 'deflate', frames: 'non-empty' },
  LABELMAP: { segmentationType: 'LABELMAP', compression: 'none', frames: 'non-empty' },
  'LABELMAP, RLE': { segmentationType: 'LABELMAP', compression: 'rle', frames: 'non-empty' },
};

/** Writing and reading ten organs of 512 × 512 × 600 voxels. */
export async function segmentationMeasures(): Promise<Measure[]> {
  const segmentation = tenOrgans();
  const measures: Measure[] = [];
  for (const [name, format] of Object.entries(FORMATS)) {
    measures.push(...(await measuresOf(name, { ...segmentation, format })));
  }
  measures.push(...(await structureSetMeasures(segmentation)));
  return measures;
}

/** They do not touch: four in a row, three rows. */
function tenOrgans(): SegmentationToEncode {
  const segments = Array.from({ length: SEGMENTS }, (_, n) => {
    const centre = [65 + 127 * (n % 4), 100 + 155 * Math.floor(n / 4), 130 + 34 * n] as const;
    const [a, b, c] = HALF_AXES;
    const box = {
      minIjk: [centre[0] - a, centre[1] - b, centre[2] - c],
      maxIjk: [centre[0] + a + 1, centre[1] + b + 1, centre[2] + c + 1],
    } as const;
    const mask: Mask = maskOf(
      [...SHAPE],
      box,
      (i, j, k) => ((i - centre[0]) / a) ** 2 + ((j - centre[1]) / b) ** 2 + ((k - centre[2]) / c) ** 2 <= 1,
    );
    return segmentOf(mask, { label: `Organ ${n + 1}`, trackingUID: `2.25.${n + 1}` });
  });
  return segmentationOf(sourceOf([...SHAPE]), segments);
}

async function measuresOf(name: string, segmentation: SegmentationToEncode): Promise<Measure[]> {
  const encoder = new DicomSegmentationEncoder();
  const { takenMb, result } = memoryOf(() => encoder.encode(segmentation));
  const times = Array.from({ length: ROUNDS }, () => timeMs(() => encoder.encode(segmentation)));
  const note = `${SEGMENTS} segments of ${SHAPE.join(' × ')}, ${(result.length / MB).toFixed(1)} MB`;
  const isPlain = name === 'BINARY';
  const readMs: number[] = [];
  for (let round = 0; round < 3; round++) {
    const started = performance.now();
    const { masks } = await placeSegmentation(
      await new DicomSegmentationDecoder().decode(result),
      segmentation.source,
    );
    readMs.push(performance.now() - started);
    const isSame = segmentation.segments.every(
      ({ mask }, n) => countVoxels(masks.get(n + 1)!) === countVoxels(mask),
    );
    if (!isSame) throw new Error(`${name} is not read as it was written`);
  }
  return [
    { name: `SEG writing, ${name}`, value: median(times), unit: 'ms', note, ...(isPlain && { aim: AIM_MS }) },
    // The others throw so much away on the way that collections fall into them.
    ...(isPlain ? [{ name: `SEG writing, ${name}: memory`, value: takenMb, unit: 'MB', aim: AIM_MB }] : []),
    { name: `SEG reading, ${name}`, value: median(readMs), unit: 'ms' },
  ];
}

async function structureSetMeasures({ segments, ...segmentation }: SegmentationToEncode): Promise<Measure[]> {
  const structureSet = {
    ...segmentation,
    segments: segments.map(({ label, colour, mask }, n) => ({
      ...{ segmentNumber: n + 1, label, colour, mask, codes: codesOfLabel(label) },
    })),
  };
  const never = new AbortController().signal;
  const started = performance.now();
  const { longestMs, result } = await longestTurnOf(() =>
    new DicomStructureSetEncoder().encode(structureSet, never),
  );
  const note = `${(result.length / MB).toFixed(1)} MB`;
  return [
    { name: 'RTSTRUCT writing', value: performance.now() - started, unit: 'ms', note },
    { name: 'RTSTRUCT writing: longest turn of the event loop', value: longestMs, unit: 'ms' },
  ];
}

/** Heap and buffers that work leaves behind, its result and what was thrown away on the way: at least its peak. */
function memoryOf<Result>(work: () => Result): { readonly takenMb: number; readonly result: Result } {
  collectGarbage();
  const before = takenBytes();
  const result = work();
  return { takenMb: (takenBytes() - before) / MB, result };
}

function takenBytes(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** What was left behind before is not to be given back while something is measured. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc()');
}

function timeMs(work: () => unknown): number {
  const started = performance.now();
  work();
  return performance.now() - started;
}

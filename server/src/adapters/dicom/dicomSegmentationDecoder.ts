import { setImmediate as nextTurn } from 'node:timers/promises';
import { scale, type Vector3 } from '../../domain/affine.ts';
import { itemAt, itemsOf, macroOf, numbersOf, textOf } from '../../domain/datasetValues.ts';
import type { DicomJsonDataset } from '../../domain/dicomJson.ts';
import { Problem } from '../../domain/errors.ts';
import type { FramePlane, SegmentationFrame, DecodedSegmentation } from '../../domain/decodedSegmentation.ts';
import type { OpeningWarning } from '../../domain/openingWarning.ts';
import { memorySource } from '../../formats/byteSource.ts';
import { MalformedDataSetError } from '../../formats/dataSetReader.ts';
import { dicomJsonInSteps } from '../../formats/dicomJson.ts';
import { readPart10 } from '../../formats/part10.ts';
import { finishedInTurns } from '../../formats/steps.ts';
import type { SegmentationDecoder } from '../../ports/segmentationDecoder.ts';
import { openFramePixels, type FramePixels } from './segmentationPixels.ts';
import { readSegmentItem } from './segmentMetadata.ts';

const TAG = {
  sourceImages: '00082112',
  derivation: '00089124',
  planePosition: '00209113',
  planeOrientation: '00209116',
  pixelMeasures: '00289110',
  segments: '00620002',
  perFrameGroups: '52009230',
  segmentIdentification: '0062000A',
} as const;

/** Some 10 ms of work: clicks are not to wait for an object of thousands of frames. */
const FRAMES_A_TURN = 32;

/** BINARY, FRACTIONAL and LABELMAP, in any transfer syntax that images are read in. */
export class DicomSegmentationDecoder implements SegmentationDecoder {
  async decode(part10: Uint8Array): Promise<DecodedSegmentation> {
    const { dataset, pixels } = await open(part10);
    const items = itemsOf(dataset, TAG.segments);
    const segments = items.flatMap(item => readSegmentItem(item) ?? []);
    if (new Set(segments.map(({ segmentNumber }) => segmentNumber)).size < segments.length) {
      throw refusal('Two segments have the same number.', {});
    }
    // Also the background's: its frames are read, and outline nothing.
    const describedNumbers = new Set(items.flatMap(item => numbersOf(item, '00620004').slice(0, 1)));
    const { frameCount } = pixels;
    if (itemsOf(dataset, TAG.perFrameGroups).length !== frameCount) {
      throw refusal('Each frame needs functional groups of its own.', { frameCount });
    }
    return {
      sopInstanceUID: textOf(dataset, '00080018'),
      frameOfReferenceUID: textOf(dataset, '00200052'),
      rows: pixels.rows,
      columns: pixels.columns,
      segments,
      backgroundLabels: backgroundLabelsOf(dataset),
      warnings: pixels.threshold === undefined ? [] : [thresholded(pixels.threshold)],
      async *frames() {
        for (let frameNumber = 1; frameNumber <= frameCount; frameNumber++) {
          if (frameNumber % FRAMES_A_TURN === 0) await nextTurn();
          yield await readFrame(dataset, describedNumbers, pixels, frameNumber);
        }
      },
    };
  }
}

/** 0, the padding value, and segments that are the background (PS3.3 C.8.20.2). */
function backgroundLabelsOf(dataset: DicomJsonDataset): ReadonlySet<number> {
  const described = itemsOf(dataset, TAG.segments).filter(item => !readSegmentItem(item));
  return new Set([
    0,
    ...numbersOf(dataset, '00280120').slice(0, 1),
    ...described.flatMap(item => numbersOf(item, '00620004')),
  ]);
}

async function open(
  part10: Uint8Array,
): Promise<{ readonly dataset: DicomJsonDataset; readonly pixels: FramePixels }> {
  try {
    const file = await readPart10(memorySource(part10));
    const dataset = await finishedInTurns(dicomJsonInSteps(file, path => path));
    if (textOf(dataset, '00080060') !== 'SEG' || !dataset['00620001']) {
      throw refusal('The object is no segmentation.', { sopClassUID: textOf(dataset, '00080016') });
    }
    return { dataset, pixels: await openFramePixels(part10, file, dataset) };
  } catch (cause) {
    if (!(cause instanceof MalformedDataSetError)) throw cause;
    throw refusal('The object is no readable DICOM file, or it is cut short.', {}, cause);
  }
}

async function readFrame(
  dataset: DicomJsonDataset,
  describedNumbers: ReadonlySet<number>,
  pixels: FramePixels,
  frameNumber: number,
): Promise<SegmentationFrame> {
  const labels = await pixels.read(frameNumber, () =>
    segmentNumberOf(dataset, describedNumbers, frameNumber),
  );
  const source = onlySource(dataset, frameNumber);
  return { frameNumber, plane: planeOf(dataset, frameNumber), labels, ...(source && { source }) };
}

function segmentNumberOf(
  dataset: DicomJsonDataset,
  describedNumbers: ReadonlySet<number>,
  frameNumber: number,
): number {
  const identification = macroOf(dataset, TAG.segmentIdentification, frameNumber);
  const [segmentNumber] = numbersOf(identification, '0062000B');
  if (segmentNumber !== undefined && describedNumbers.has(segmentNumber)) return segmentNumber;
  throw refusal('A frame belongs to a segment that is not described.', { frameNumber, segmentNumber });
}

/** The only source image of a frame; undefined where there are several, or none. */
function onlySource(dataset: DicomJsonDataset, frameNumber: number): SegmentationFrame['source'] {
  const groups = itemAt(dataset, TAG.perFrameGroups, frameNumber - 1) ?? {};
  const [derivation, ...otherDerivations] = itemsOf(groups, TAG.derivation);
  const [source, ...others] = derivation ? itemsOf(derivation, TAG.sourceImages) : [];
  if (!source || others.length > 0 || otherDerivations.length > 0) return undefined;
  const frames = numbersOf(source, '00081160');
  if (frames.length > 1) return undefined;
  // Without ReferencedFrameNumber all frames of a multi-frame image are meant (PS3.3 table 10-3).
  return {
    sopInstanceUID: textOf(source, '00081155'),
    ...(frames[0] !== undefined && { frameNumber: frames[0] }),
  };
}

function planeOf(dataset: DicomJsonDataset, frameNumber: number): FramePlane {
  const read = (macro: string, tag: string, count: number, keyword: string): readonly number[] => {
    const values = numbersOf(macroOf(dataset, macro, frameNumber), tag);
    if (values.length === count) return values;
    throw refusal(`A frame has no usable ${keyword}.`, { frameNumber, keyword });
  };
  const originLps = read(TAG.planePosition, '00200032', 3, 'ImagePositionPatient') as Vector3;
  const [rowX, rowY, rowZ, columnX, columnY, columnZ] = read(
    ...([TAG.planeOrientation, '00200037', 6, 'ImageOrientationPatient'] as const),
  ) as [...Vector3, ...Vector3];
  const spacing = read(TAG.pixelMeasures, '00280030', 2, 'PixelSpacing') as [number, number];
  const [betweenRowsMm, betweenColumnsMm] = spacing;
  return {
    originLps,
    columnStepLps: scale([rowX, rowY, rowZ], betweenColumnsMm),
    rowStepLps: scale([columnX, columnY, columnZ], betweenRowsMm),
  };
}

function thresholded(threshold: number): OpeningWarning {
  return {
    code: 'fractional-thresholded',
    detail: `The segmentation is FRACTIONAL; values of at least ${threshold} count as in the segment, others as outside.`,
  };
}

function refusal(detail: string, facts: Readonly<Record<string, unknown>>, cause?: unknown): Problem {
  return new Problem('unsupported-segmentation', detail, facts, { cause });
}

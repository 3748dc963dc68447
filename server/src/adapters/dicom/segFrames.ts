import { extentAt } from '../../domain/slicePlaces.ts';
import {
  pointLpsOf,
  spacingMmOf,
  stepAlongNormalMm,
  type VolumeGeometry,
} from '../../domain/volumeGeometry.ts';
import { Problem } from '../../domain/errors.ts';
import type { Mask } from '../../domain/mask.ts';
import type { SegmentationToEncode } from '../../ports/segmentationEncoder.ts';
import { decimalString } from './decimalString.ts';
import type { ExplicitVrWriter } from './explicitVrWriter.ts';
import { sliceHasVoxels } from './packedBits.ts';

export interface SegFrame {
  /** 1-based; absent in a LABELMAP, where a frame holds all segments. */
  readonly segmentNumber?: number;
  readonly k: number;
}

/**
 * The frames to write: segment by segment, k ascending.
 * @throws Problem empty-segmentation when there is none
 */
export function framesOf({ segments, slices, source, format }: SegmentationToEncode): readonly SegFrame[] {
  // Nothing is known of gaps.
  const allSlices = [...source.slices.keys()].filter(k => source.slices[k]);
  const wanted = slices && new Set(slices);
  const wantedOf = (masks: readonly Mask[]): readonly number[] => {
    if (wanted) return allSlices.filter(k => wanted.has(k));
    if (format.frames === 'all') return allSlices;
    return allSlices.filter(k => masks.some(mask => sliceHasVoxels(mask, k)));
  };
  const frames =
    format.segmentationType === 'LABELMAP'
      ? wantedOf(segments.map(({ mask }) => mask)).map(k => ({ k }))
      : segments.flatMap(({ mask }, index) => wantedOf([mask]).map(k => ({ segmentNumber: index + 1, k })));
  if (frames.length === 0) throw new Problem('empty-segmentation', 'Segment something first.');
  return frames;
}

/** PerFrameFunctionalGroupsSequence (PS3.3 C.7.6.16, A.51.5). */
export function writePerFrameGroups(
  writer: ExplicitVrWriter,
  frames: readonly SegFrame[],
  { source }: SegmentationToEncode,
): void {
  const slices = [...new Set(frames.map(({ k }) => k))].sort((a, b) => a - b);
  const positionIndex = new Map(slices.map((k, index) => [k, index + 1]));
  writer.sequence(0x52009230, () => {
    for (const { segmentNumber, k } of frames) {
      writer.item(() => {
        const place = positionIndex.get(k)!;
        const slice = source.slices[k];
        if (slice) writeDerivation(writer, slice);
        writer.sequence(0x00209111, () =>
          // FrameContentSequence: DimensionIndexValues
          writer.item(() =>
            writer.uint32s(0x00209157, segmentNumber === undefined ? [place] : [segmentNumber, place]),
          ),
        );
        const position = pointLpsOf(source.geometry, [0, 0, k]).map(decimalString).join('\\');
        // PlanePositionSequence: ImagePositionPatient
        writer.sequence(0x00209113, () => writer.item(() => writer.text(0x00200032, 'DS', position)));
        writePixelMeasures(writer, source.geometry, k);
        if (segmentNumber !== undefined) {
          // SegmentIdentificationSequence: ReferencedSegmentNumber
          writer.sequence(0x0062000a, () => writer.item(() => writer.uint16(0x0062000b, segmentNumber)));
        }
      });
    }
  });
}

/** PixelMeasuresSequence (PS3.3 C.7.6.16.2.1), where it is not the same for all frames. */
function writePixelMeasures(writer: ExplicitVrWriter, geometry: VolumeGeometry, k: number): void {
  const { slicePlaces } = geometry;
  if (!slicePlaces) return;
  const [betweenColumnsMm, betweenRowsMm] = spacingMmOf(geometry);
  const thicknessMm = stepAlongNormalMm(geometry) * extentAt(slicePlaces, k);
  writer.sequence(0x00289110, () =>
    writer.item(() => {
      writer.text(0x00180050, 'DS', decimalString(thicknessMm));
      writer.text(0x00280030, 'DS', [betweenRowsMm, betweenColumnsMm].map(decimalString).join('\\'));
    }),
  );
}

/** DerivationImageSequence (PS3.3 C.7.6.16.2.6): the source slice that the frame lies on. */
function writeDerivation(
  writer: ExplicitVrWriter,
  slice: NonNullable<SegmentationToEncode['source']['slices'][number]>,
): void {
  writer.sequence(0x00089124, () =>
    writer.item(() => {
      writer.sequence(0x00082112, () =>
        writer.item(() => {
          writer.text(0x00081150, 'UI', slice.sopClassUID);
          writer.text(0x00081155, 'UI', slice.sopInstanceUID);
          if (slice.frameNumber !== undefined) writer.text(0x00081160, 'IS', String(slice.frameNumber));
          writer.text(0x0028135a, 'CS', 'YES');
          writeCode(writer, 0x0040a170, '121322', 'Source image for image processing operation');
        }),
      );
      writeCode(writer, 0x00089215, '113076', 'Segmentation');
    }),
  );
}

function writeCode(writer: ExplicitVrWriter, tag: number, dcmValue: string, meaning: string): void {
  writer.sequence(tag, () =>
    writer.item(() => {
      writer.text(0x00080100, 'SH', dcmValue);
      writer.text(0x00080102, 'SH', 'DCM');
      writer.text(0x00080104, 'LO', meaning);
    }),
  );
}

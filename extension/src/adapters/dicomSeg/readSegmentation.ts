import dicomParser, { type DataSet } from 'dicom-parser';
import type { SliceBits } from '../../domain/segmentMasks.ts';
import { sliceKeyOf, type SliceKey } from '../../domain/sliceKey.ts';

export interface SegSegment {
  readonly segmentNumber: number;
  readonly label: string;
  readonly trackingUID: string;
  /** Only the frames that the object holds, by the source image each one refers to. */
  readonly slices: ReadonlyMap<SliceKey, SliceBits>;
}

export interface SegObject {
  readonly rows: number;
  readonly columns: number;
  readonly segments: readonly SegSegment[];
}

const TAG = {
  rows: 'x00280010',
  columns: 'x00280011',
  segmentationType: 'x00620001',
  segmentSequence: 'x00620002',
  segmentNumber: 'x00620004',
  segmentLabel: 'x00620005',
  segmentIdentificationSequence: 'x0062000a',
  referencedSegmentNumber: 'x0062000b',
  trackingUID: 'x00620021',
  sharedFunctionalGroupsSequence: 'x52009229',
  perFrameFunctionalGroupsSequence: 'x52009230',
  derivationImageSequence: 'x00089124',
  sourceImageSequence: 'x00082112',
  referencedSOPInstanceUID: 'x00081155',
  referencedFrameNumber: 'x00081160',
  pixelData: 'x7fe00010',
} as const;

/**
 * Reads a BINARY Segmentation object (PS3.3 A.51) as our server writes it: native pixel data, the source image
 * of every frame named in its Derivation Image Sequence.
 * @throws Error that names what is missing
 */
export function readSegmentation(part10: Uint8Array): SegObject {
  const dataSet = dicomParser.parseDicom(part10);
  const type = dataSet.string(TAG.segmentationType);
  if (type !== 'BINARY') throw new Error(`Only BINARY segmentations are read, this one is ${type ?? 'none'}`);
  const rows = required(dataSet.uint16(TAG.rows), 'Rows');
  const columns = required(dataSet.uint16(TAG.columns), 'Columns');
  const segments = itemsOf(dataSet, TAG.segmentSequence).map(item => ({
    segmentNumber: required(item.uint16(TAG.segmentNumber), 'SegmentNumber'),
    label: textOf(item, TAG.segmentLabel),
    trackingUID: item.string(TAG.trackingUID) ?? '',
    slices: new Map<SliceKey, SliceBits>(),
  }));

  const pixels = pixelBytes(dataSet);
  const [shared] = itemsOf(dataSet, TAG.sharedFunctionalGroupsSequence);
  const pixelsPerFrame = rows * columns;
  itemsOf(dataSet, TAG.perFrameFunctionalGroupsSequence).forEach((frame, index) => {
    const segmentNumber = referencedSegmentNumber(frame) ?? (shared && referencedSegmentNumber(shared));
    const segment = segments.find(candidate => candidate.segmentNumber === segmentNumber);
    if (!segment)
      throw new Error(`Frame ${index + 1} refers to segment ${segmentNumber}, which is not there`);
    segment.slices.set(sourceOf(frame, index), sliceOfBits(pixels, index * pixelsPerFrame, pixelsPerFrame));
  });
  return { rows, columns, segments };
}

function itemsOf(dataSet: DataSet, tag: string): DataSet[] {
  return (dataSet.elements[tag]?.items ?? []).flatMap(item => item.dataSet ?? []);
}

function referencedSegmentNumber(functionalGroups: DataSet): number | undefined {
  return itemsOf(functionalGroups, TAG.segmentIdentificationSequence)[0]?.uint16(TAG.referencedSegmentNumber);
}

function sourceOf(frame: DataSet, index: number): SliceKey {
  const [derivation] = itemsOf(frame, TAG.derivationImageSequence);
  const source = derivation && itemsOf(derivation, TAG.sourceImageSequence)[0];
  const sopInstanceUID = required(
    source?.string(TAG.referencedSOPInstanceUID),
    `ReferencedSOPInstanceUID of frame ${index + 1}`,
  );
  return sliceKeyOf(sopInstanceUID, source?.intString(TAG.referencedFrameNumber) ?? 1);
}

function pixelBytes(dataSet: DataSet): Uint8Array {
  const element = required(dataSet.elements[TAG.pixelData], 'PixelData');
  if (element.encapsulatedPixelData) throw new Error('Compressed segmentations are not read');
  const bytes = dataSet.byteArray;
  return new Uint8Array(bytes.buffer, bytes.byteOffset + element.dataOffset, element.length);
}

/**
 * Frames are packed without gaps (PS3.5 8.1.1): a frame may begin inside a byte. What is returned begins at bit 0; where
 * the frame does, too, it is the same memory.
 */
function sliceOfBits(packed: Uint8Array, startBit: number, bitCount: number): SliceBits {
  const startByte = startBit >> 3;
  const shift = startBit & 7;
  const endByte = startByte + ((bitCount + 7) >> 3);
  if (shift === 0 && (bitCount & 7) === 0) return packed.subarray(startByte, endByte);
  const bits = packed.slice(startByte, endByte);
  if (shift !== 0) {
    let next = packed[startByte]!;
    for (let i = 0; i < bits.length; i += 1) {
      const byte = next;
      const place = startByte + i + 1;
      // Reading beyond the end would make every read a slow one.
      next = place < packed.length ? packed[place]! : 0;
      bits[i] = (byte >> shift) | (next << (8 - shift));
    }
  }
  const unusedBits = bits.length * 8 - bitCount;
  const last = bits.length - 1;
  if (unusedBits > 0 && last >= 0) bits[last] = bits[last]! & (0xff >> unusedBits);
  return bits;
}

/** Our server writes ISO_IR 192. */
function textOf(dataSet: DataSet, tag: string): string {
  const element = dataSet.elements[tag];
  if (!element) return '';
  const start = dataSet.byteArray.byteOffset + element.dataOffset;
  const text = new TextDecoder().decode(new Uint8Array(dataSet.byteArray.buffer, start, element.length));
  return text.replace(/[\0 ]+$/, '');
}

function required<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`The segmentation has no ${name}`);
  return value;
}

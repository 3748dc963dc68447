import { Problem } from '../domain/errors.ts';
import { MalformedDataSetError, type DataElement } from './dataSetReader.ts';
import type { Part10 } from './part10.ts';

/** Bytes of a file. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

const ITEM_HEAD_BYTES = 8;
/** Far above the tiles of a whole slide. Eight bytes of a file are one, which takes far more memory. */
const MOST_FRAGMENTS = 2 ** 20;
const ITEM = 0xe000fffe;
const SEQUENCE_END = 0xe0ddfffe;
// First bytes of JPEG and JPEG-LS (SOI), of a JPEG 2000 code stream (SOC), of a JP2 file.
const FRAME_STARTS = ['ffd8', 'ff4f', '0000'];

/**
 * The fragments of encapsulated pixel data (PS3.5 A.4), grouped by frame. Only their heads are read.
 * @throws MalformedDataSetError when the fragments are cut short
 * @throws Problem unsupported-pixel-data when it cannot be told which fragment belongs to which frame
 */
export async function readFragments(
  file: Part10,
  element: DataElement,
  numberOfFrames: number,
): Promise<readonly (readonly ByteRange[])[]> {
  const [offsetTable, ...fragments] = await walkItems(file, element.offset);
  if (!offsetTable) throw new MalformedDataSetError('the pixel data has no offset table item');
  if (numberOfFrames === 1) return [fragments];
  if (fragments.length === numberOfFrames) return fragments.map(fragment => [fragment]);
  const starts = (await frameOffsets(file, offsetTable)) ?? (await guessFrameStarts(file, fragments));
  if (starts.length !== numberOfFrames || !isAscending(starts)) {
    throw new Problem('unsupported-pixel-data', 'The frames of the pixel data cannot be told apart.');
  }
  return dealtOut(fragments, starts);
}

/**
 * To each frame what lies before the start of the next one. In one pass: a small file may have very many of both.
 * @param starts ascending
 */
function dealtOut(
  fragments: readonly ByteRange[],
  starts: readonly number[],
): readonly (readonly ByteRange[])[] {
  const frames: ByteRange[][] = starts.map(() => []);
  const origin = fragments[0]?.offset ?? 0;
  let index = -1;
  for (const fragment of fragments) {
    const position = fragment.offset - origin;
    while (index + 1 < starts.length && starts[index + 1]! <= position) index++;
    frames[index]?.push(fragment);
  }
  return frames;
}

function isAscending(numbers: readonly number[]): boolean {
  return numbers.every((number, index) => index === 0 || numbers[index - 1]! <= number);
}

async function walkItems(file: Part10, start: number): Promise<ByteRange[]> {
  const items: ByteRange[] = [];
  let position = start;
  // A missing end delimiter at the end of the file is common and harmless.
  while (position + ITEM_HEAD_BYTES <= file.source.size) {
    const head = await file.source.read(position, ITEM_HEAD_BYTES);
    const tag = head.readUInt32LE(0);
    if (tag === SEQUENCE_END) break;
    const length = head.readUInt32LE(4);
    position += ITEM_HEAD_BYTES;
    if (tag !== ITEM || position + length > file.source.size) {
      throw new MalformedDataSetError('the encapsulated pixel data is cut short or damaged');
    }
    if (items.length > MOST_FRAGMENTS)
      throw new MalformedDataSetError('there are more fragments than any has');
    items.push({ offset: position, length });
    position += length;
  }
  return items;
}

/** Positions of the frames behind the offset table: extended (7FE0,0001) or basic; `undefined` without either. */
async function frameOffsets(file: Part10, basic: ByteRange): Promise<readonly number[] | undefined> {
  const extended = file.dataSet.elements.get('7FE00001');
  if (extended?.length) {
    const bytes = file.head.subarray(extended.offset, extended.offset + extended.length);
    return Array.from({ length: bytes.length >> 3 }, (_, i) => Number(bytes.readBigUInt64LE(i * 8)));
  }
  if (basic.length === 0) return undefined;
  const bytes = await file.source.read(basic.offset, basic.length);
  return Array.from({ length: bytes.length >> 2 }, (_, i) => bytes.readUInt32LE(i * 4));
}

async function guessFrameStarts(file: Part10, fragments: readonly ByteRange[]): Promise<readonly number[]> {
  const origin = fragments[0]?.offset ?? 0;
  const starts: number[] = [];
  for (const { offset } of fragments) {
    const head = (await file.source.read(offset, 2)).toString('hex');
    if (FRAME_STARTS.includes(head)) starts.push(offset - origin);
  }
  return starts;
}

import type { Element, Fragment } from 'dicom-parser';
import type { Part10 } from './part10.ts';

/**
 * Bytes of one compressed frame (PS3.5 A.4); a view where the frame is one fragment.
 * @throws Problem unsupported-pixel-data when the frame is not there, or cannot be told from the others
 */
export function encapsulatedFrame(part10: Part10, frameIndex: number, numberOfFrames: number): Uint8Array {
  const element = part10.element('x7fe00010');
  const fragments = element?.fragments ?? [];
  const isEncapsulated = element?.encapsulatedPixelData === true && fragments.length > 0;
  if (!isEncapsulated || frameIndex < 0 || frameIndex >= numberOfFrames) {
    return part10.refuse('unsupported-pixel-data', 'The compressed frame is not in the file.', {
      frameIndex,
    });
  }
  const parts = fragmentsOf(part10, element, fragments, frameIndex, numberOfFrames).map(
    ({ position, length }) => part10.bytes.subarray(position, position + length),
  );
  return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
}

function fragmentsOf(
  part10: Part10,
  element: Element,
  fragments: readonly Fragment[],
  frameIndex: number,
  numberOfFrames: number,
): readonly Fragment[] {
  if (numberOfFrames === 1) return fragments;
  if (fragments.length === numberOfFrames) return fragments.slice(frameIndex, frameIndex + 1);
  const offsets =
    element.basicOffsetTable?.length === numberOfFrames
      ? element.basicOffsetTable
      : startsOfImages(part10.bytes, fragments);
  const start = offsets[frameIndex];
  const end = offsets[frameIndex + 1] ?? Infinity;
  const own = fragments.filter(({ offset }) => start !== undefined && offset >= start && offset < end);
  if (offsets.length !== numberOfFrames || own.length === 0) {
    return part10.refuse('unsupported-pixel-data', 'The compressed frames cannot be told apart.', {
      fragmentCount: fragments.length,
      numberOfFrames,
    });
  }
  return own;
}

/** Offsets of the fragments that open a JPEG (FFD8) or JPEG 2000 (FF4F) image. */
function startsOfImages(bytes: Uint8Array, fragments: readonly Fragment[]): readonly number[] {
  return fragments
    .filter(({ position }) => {
      const second = bytes[position + 1];
      return bytes[position] === 0xff && (second === 0xd8 || second === 0x4f);
    })
    .map(({ offset }) => offset);
}

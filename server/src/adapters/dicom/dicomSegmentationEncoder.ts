import { deflateRawSync } from 'node:zlib';
import { Problem } from '../../domain/errors.ts';
import type { SegmentationEncoder, SegmentationToEncode } from '../../ports/segmentationEncoder.ts';
import { datasetBytes } from './datasetBytes.ts';
import { ExplicitVrWriter } from './explicitVrWriter.ts';
import { fileMeta, TRANSFER_SYNTAX_UIDS } from './fileMeta.ts';
import { encodeRle } from './rleEncoder.ts';
import { segDataset, segmentationStorageOf } from './segDataset.ts';
import { framesOf, writePerFrameGroups, type SegFrame } from './segFrames.ts';
import { bitsAllocatedOf, nativeBytesOf, writeFrames } from './segPixels.ts';

const PIXEL_DATA = 0x7fe00010;
/** Lengths are 32 bits and even; 0xFFFFFFFF means undefined. */
const MAX_PIXEL_DATA_BYTES = 0xfffffffe;

/** The attributes are written by dcmjs, the many per-frame groups and the pixel data by us behind them. */
export class DicomSegmentationEncoder implements SegmentationEncoder {
  encode(segmentation: SegmentationToEncode): Uint8Array {
    const frames = framesOf(segmentation);
    const nativeBytes = nativeBytesOf(segmentation, frames.length);
    if (nativeBytes > MAX_PIXEL_DATA_BYTES) {
      throw new Problem('payload-too-large', 'The segmentation does not fit into one object.', {
        frameCount: frames.length,
      });
    }
    const { compression } = segmentation.format;
    const meta = fileMeta({
      sopClassUID: segmentationStorageOf(segmentation),
      sopInstanceUID: segmentation.sopInstanceUID,
      transferSyntaxUID: TRANSFER_SYNTAX_UIDS[compression],
    });
    const attributes = datasetBytes(segDataset(segmentation, frames));
    const writer = new ExplicitVrWriter();
    writePerFrameGroups(writer, frames, segmentation);
    if (compression === 'rle') {
      writer.encapsulatedFrames(PIXEL_DATA, rleFrames(segmentation, frames));
      return joined([meta, attributes, writer.bytes()]);
    }
    writer.headOfBytes(PIXEL_DATA, bitsAllocatedOf(segmentation) === 16 ? 'OW' : 'OB', nativeBytes);
    const parts = [attributes, writer.bytes()];
    if (compression === 'none') {
      const part10 = joined([meta, ...parts], nativeBytes);
      writeFrames(segmentation, frames, part10.subarray(part10.length - nativeBytes));
      return part10;
    }
    const dataSet = joined(parts, nativeBytes);
    writeFrames(segmentation, frames, dataSet.subarray(dataSet.length - nativeBytes));
    return joined([meta, deflated(dataSet)]);
  }
}

function rleFrames(segmentation: SegmentationToEncode, frames: readonly SegFrame[]): readonly Uint8Array[] {
  const [columns, rows] = segmentation.source.geometry.shapeIjk;
  const bytesPerSample = bitsAllocatedOf(segmentation) === 16 ? 2 : 1;
  return frames.map(frame => {
    const native = new Uint8Array(rows * columns * bytesPerSample);
    writeFrames(segmentation, [frame], native);
    return encodeRle(native, columns, bytesPerSample);
  });
}

/** Of even length (PS3.5 A.5). */
function deflated(dataSet: Uint8Array): Uint8Array {
  const bytes = deflateRawSync(dataSet);
  return bytes.length % 2 === 0 ? bytes : joined([bytes], 1);
}

/** Parts one after the other, and zeros behind them. */
function joined(parts: readonly Uint8Array[], zerosBehind = 0): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, zerosBehind);
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

import { data, type NaturalizedDataset } from 'dcmjs';
import { Problem } from '../../domain/errors.ts';
import type { SegmentationEncoder, SegmentationToEncode } from '../../ports/segmentationEncoder.ts';
import { ExplicitVrWriter } from './explicitVrWriter.ts';
import { packSlice } from './packedBits.ts';
import { SEGMENTATION_STORAGE, segDataset } from './segDataset.ts';
import { framesOf, writePerFrameGroups } from './segFrames.ts';

const EXPLICIT_VR_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';
const IMPLEMENTATION_CLASS_UID = '2.25.8327930361874455139446869833052149369';
/** Lengths are 32 bits and even; 0xFFFFFFFF means undefined. */
const MAX_PIXEL_DATA_BYTES = 0xfffffffe;

/** The attributes are written by dcmjs, the many per-frame groups and the pixel data by us behind them. */
export class DicomSegmentationEncoder implements SegmentationEncoder {
  encode(segmentation: SegmentationToEncode): Uint8Array {
    const frames = framesOf(segmentation);
    const [columns, rows] = segmentation.source.geometry.shapeIjk;
    const pixelDataBytes = 2 * Math.ceil((frames.length * rows * columns) / 16);
    if (pixelDataBytes > MAX_PIXEL_DATA_BYTES) {
      throw new Problem('payload-too-large', 'The segmentation does not fit into one object.', {
        frameCount: frames.length,
      });
    }
    const head = writeHead(segDataset(segmentation, frames), segmentation.sopInstanceUID);
    const writer = new ExplicitVrWriter();
    writePerFrameGroups(writer, frames, segmentation);
    writer.headOfBytes(0x7fe00010, pixelDataBytes);
    const groups = writer.bytes();

    const part10 = new Uint8Array(head.length + groups.length + pixelDataBytes);
    part10.set(head);
    part10.set(groups, head.length);
    const pixelData = part10.subarray(head.length + groups.length);
    frames.forEach(({ segmentNumber, k }, index) => {
      packSlice(segmentation.segments[segmentNumber - 1]!.mask, k, pixelData, index * rows * columns);
    });
    return part10;
  }
}

/** Preamble, file meta information and the attributes before the per-frame groups. */
function writeHead(dataset: NaturalizedDataset, sopInstanceUID: string): Uint8Array {
  const { DicomDict, DicomMetaDictionary } = data;
  const file = new DicomDict(
    DicomMetaDictionary.denaturalizeDataset({
      FileMetaInformationVersion: new Uint8Array([0, 1]).buffer,
      MediaStorageSOPClassUID: SEGMENTATION_STORAGE,
      MediaStorageSOPInstanceUID: sopInstanceUID,
      TransferSyntaxUID: EXPLICIT_VR_LITTLE_ENDIAN,
      ImplementationClassUID: IMPLEMENTATION_CLASS_UID,
      ImplementationVersionName: 'TOMOCLICK',
    }),
  );
  file.dict = DicomMetaDictionary.denaturalizeDataset(dataset);
  return new Uint8Array(file.write());
}

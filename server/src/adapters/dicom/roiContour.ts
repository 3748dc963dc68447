import type { NaturalizedDataset } from 'dcmjs';
import type { PlanePoint } from '../../domain/convexHull.ts';
import { sliceOutlines } from '../../domain/sliceOutlines.ts';
import type { SliceSource } from '../../domain/volume.ts';
import { pointLpsOf, type VolumeGeometry } from '../../domain/volumeGeometry.ts';
import type { ExportedSegment } from '../../ports/exportedSegment.ts';
import type { StructureSetToEncode } from '../../ports/structureSetEncoder.ts';
import { decimalString } from './decimalString.ts';

/** Of millimetres: a hundredth of POSITION_TOLERANCE_MM, and files half as large as with every digit. */
const DECIMALS = 6;

/** Item of ROIContourSequence (PS3.3 C.8.8.6): closed planar contours along the edges of the voxels. */
export function roiContour(
  { segmentNumber, colour, mask }: ExportedSegment,
  { geometry, slices }: StructureSetToEncode['source'],
): NaturalizedDataset {
  const { minIjk, maxIjk } = mask.box;
  const contours: NaturalizedDataset[] = [];
  for (let k = minIjk[2]; k < maxIjk[2]; k++) {
    for (const outline of sliceOutlines(mask, k)) {
      contours.push({
        ContourImageSequence: [imageReference(slices[k]!)],
        ContourGeometricType: 'CLOSED_PLANAR',
        NumberOfContourPoints: String(outline.length),
        ContourNumber: String(contours.length + 1),
        ContourData: outline.flatMap(point => positionLps(point, k, geometry)),
      });
    }
  }
  return {
    ReferencedROINumber: String(segmentNumber),
    ROIDisplayColor: colour.map(String),
    ContourSequence: contours,
  };
}

export function imageReference({
  sopClassUID,
  sopInstanceUID,
  frameNumber,
}: SliceSource): NaturalizedDataset {
  return {
    ReferencedSOPClassUID: sopClassUID,
    ReferencedSOPInstanceUID: sopInstanceUID,
    ...(frameNumber !== undefined && { ReferencedFrameNumber: String(frameNumber) }),
  };
}

function positionLps([i, j]: PlanePoint, k: number, geometry: VolumeGeometry): readonly string[] {
  return pointLpsOf(geometry, [i, j, k]).map(mm => decimalString(Number(mm.toFixed(DECIMALS))));
}

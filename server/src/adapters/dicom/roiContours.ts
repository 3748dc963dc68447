import { setImmediate as nextTurn } from 'node:timers/promises';
import type { PlanePoint } from '../../domain/convexHull.ts';
import { Problem } from '../../domain/errors.ts';
import { sliceOutlines } from '../../domain/sliceOutlines.ts';
import type { SliceSource } from '../../domain/volume.ts';
import { pointLpsOf, type VolumeGeometry } from '../../domain/volumeGeometry.ts';
import type { ExportedSegment } from '../../ports/exportedSegment.ts';
import type { StructureSetToEncode } from '../../ports/structureSetEncoder.ts';
import { decimalString } from './decimalString.ts';
import { implicitSequence, implicitText, implicitUid } from './implicitVr.ts';

/** Of millimetres: a hundredth of POSITION_TOLERANCE_MM, and files half as large as with every digit. */
const DECIMALS = 6;
/** Some 10 ms of work: what else is asked of the server is not to wait for a large organ. */
export const POINTS_A_TURN = 2000;

/** Elements of one item of a sequence. */
type Item = readonly Uint8Array[];

/**
 * ROIContourSequence (PS3.3 C.8.8.6) in implicit VR: closed planar contours along the edges of the voxels. Others get
 * their turn after every POINTS_A_TURN points.
 * @throws Problem cancelled
 */
export async function roiContourSequence(
  { source, segments }: StructureSetToEncode,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const turns = new Turns(signal);
  const rois: Item[] = [];
  for (const segment of segments) rois.push(await roiContour(segment, source, turns));
  return implicitSequence(0x30060039, rois);
}

class Turns {
  #points = 0;

  constructor(private readonly signal: AbortSignal) {}

  async take(points: number): Promise<void> {
    this.#points += points;
    if (this.#points < POINTS_A_TURN) return;
    this.#points = 0;
    await nextTurn();
    if (this.signal.aborted) throw new Problem('cancelled', 'Nobody waits for the contours any more.');
  }
}

async function roiContour(
  { segmentNumber, colour, mask }: ExportedSegment,
  { geometry, slices }: StructureSetToEncode['source'],
  turns: Turns,
): Promise<Item> {
  const { minIjk, maxIjk } = mask.box;
  const contours: Item[] = [];
  for (let k = minIjk[2]; k < maxIjk[2]; k++) {
    for (const outline of sliceOutlines(mask, k)) {
      contours.push([
        implicitSequence(0x30060016, [imageItem(slices[k]!)]),
        implicitText(0x30060042, 'CLOSED_PLANAR'),
        implicitText(0x30060046, String(outline.length)),
        implicitText(0x30060048, String(contours.length + 1)),
        implicitText(0x30060050, await contourData(outline, k, geometry, turns)),
      ]);
    }
  }
  return [
    implicitText(0x3006002a, colour.join('\\')),
    implicitSequence(0x30060040, contours),
    implicitText(0x30060084, String(segmentNumber)),
  ];
}

function imageItem({ sopClassUID, sopInstanceUID, frameNumber }: SliceSource): Item {
  return [
    implicitUid(0x00081150, sopClassUID),
    implicitUid(0x00081155, sopInstanceUID),
    ...(frameNumber === undefined ? [] : [implicitText(0x00081160, String(frameNumber))]),
  ];
}

async function contourData(
  outline: readonly PlanePoint[],
  k: number,
  geometry: VolumeGeometry,
  turns: Turns,
): Promise<string> {
  const stretches: string[] = [];
  for (let start = 0; start < outline.length; start += POINTS_A_TURN) {
    const stretch = outline.slice(start, start + POINTS_A_TURN);
    stretches.push(stretch.map(point => positionLps(point, k, geometry)).join('\\'));
    await turns.take(stretch.length);
  }
  return stretches.join('\\');
}

function positionLps([i, j]: PlanePoint, k: number, geometry: VolumeGeometry): string {
  return pointLpsOf(geometry, [i, j, k])
    .map(mm => decimalString(Number(mm.toFixed(DECIMALS))))
    .join('\\');
}

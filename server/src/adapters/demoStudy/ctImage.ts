import type { Vector3 } from '../../domain/affine.ts';
import { bytesElement, decimalString, textElement, uint16Element, uint32Element } from './dataElement.ts';

/** What all images of a synthetic CT series share. */
export interface CtSeries {
  readonly patientName: string;
  readonly patientID: string;
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly frameOfReferenceUID: string;
  readonly studyDescription: string;
  readonly seriesDescription: string;
  readonly rows: number;
  readonly columns: number;
  /** Direction of a row, then of a column; LPS unit vectors. */
  readonly imageOrientationPatient: readonly [Vector3, Vector3];
  /** Row spacing, then column spacing, mm. */
  readonly pixelSpacingMm: readonly [number, number];
  readonly sliceThicknessMm: number;
}

export interface CtImage {
  readonly sopInstanceUID: string;
  readonly instanceNumber: number;
  readonly imagePositionPatient: Vector3;
  /** Row by row. */
  readonly hu: Int16Array;
}

const CT_IMAGE_STORAGE = '1.2.840.10008.5.1.4.1.1.2';
const EXPLICIT_VR_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';
const IMPLEMENTATION_CLASS_UID = '2.25.196302116349254073962284137950624917843';
/** Stored values are HU + 1024, as most scanners store them. */
const RESCALE_INTERCEPT = -1024;
const DATE = '20260101';
const TIME = '120000';

/** A Part 10 file (PS3.10) of the CT Image IOD (PS3.3 A.3). */
export function ctImagePart10(series: CtSeries, image: CtImage): Uint8Array {
  const meta = Buffer.concat([
    bytesElement(0x00020001, 'OB', Uint8Array.of(0, 1)),
    textElement(0x00020002, 'UI', CT_IMAGE_STORAGE),
    textElement(0x00020003, 'UI', image.sopInstanceUID),
    textElement(0x00020010, 'UI', EXPLICIT_VR_LITTLE_ENDIAN),
    textElement(0x00020012, 'UI', IMPLEMENTATION_CLASS_UID),
    textElement(0x00020013, 'SH', 'TOMOCLICK'),
  ]);
  return Buffer.concat([
    Buffer.alloc(128),
    Buffer.from('DICM'),
    uint32Element(0x00020000, meta.length),
    meta,
    ...identifyingElements(series, image),
    ...imageElements(series, image),
    bytesElement(0x7fe00010, 'OW', storedPixels(image.hu)),
  ]);
}

function identifyingElements(series: CtSeries, image: CtImage): Uint8Array[] {
  return [
    textElement(0x00080005, 'CS', 'ISO_IR 192'),
    textElement(0x00080008, 'CS', 'ORIGINAL\\PRIMARY\\AXIAL'),
    textElement(0x00080016, 'UI', CT_IMAGE_STORAGE),
    textElement(0x00080018, 'UI', image.sopInstanceUID),
    textElement(0x00080020, 'DA', DATE),
    textElement(0x00080021, 'DA', DATE),
    textElement(0x00080022, 'DA', DATE),
    textElement(0x00080023, 'DA', DATE),
    textElement(0x00080030, 'TM', TIME),
    textElement(0x00080031, 'TM', TIME),
    textElement(0x00080032, 'TM', TIME),
    textElement(0x00080033, 'TM', TIME),
    textElement(0x00080050, 'SH', ''),
    textElement(0x00080060, 'CS', 'CT'),
    textElement(0x00080070, 'LO', 'Tomoclick'),
    textElement(0x00080090, 'PN', ''),
    textElement(0x00081030, 'LO', series.studyDescription),
    textElement(0x0008103e, 'LO', series.seriesDescription),
    textElement(0x00081090, 'LO', 'Synthetic CT'),
    textElement(0x00100010, 'PN', series.patientName),
    textElement(0x00100020, 'LO', series.patientID),
    textElement(0x00100030, 'DA', ''),
    textElement(0x00100040, 'CS', 'O'),
    textElement(0x00104000, 'LT', 'Computed from formulas; not a person.'),
    textElement(0x00180015, 'CS', 'ABDOMEN'),
    textElement(0x00180050, 'DS', decimalString(series.sliceThicknessMm)),
    textElement(0x00180060, 'DS', '120'),
    textElement(0x00181020, 'LO', '1'),
    textElement(0x00181210, 'SH', 'SYNTHETIC'),
    textElement(0x00185100, 'CS', 'HFS'),
    textElement(0x0020000d, 'UI', series.studyInstanceUID),
    textElement(0x0020000e, 'UI', series.seriesInstanceUID),
    textElement(0x00200010, 'SH', '1'),
    textElement(0x00200011, 'IS', '2'),
    textElement(0x00200012, 'IS', '1'),
    textElement(0x00200013, 'IS', String(image.instanceNumber)),
  ];
}

function imageElements(series: CtSeries, image: CtImage): Uint8Array[] {
  const decimals = (values: readonly number[]): string => values.map(decimalString).join('\\');
  return [
    textElement(0x00200032, 'DS', decimals(image.imagePositionPatient)),
    textElement(0x00200037, 'DS', decimals(series.imageOrientationPatient.flat())),
    textElement(0x00200052, 'UI', series.frameOfReferenceUID),
    textElement(0x00201040, 'LO', ''),
    uint16Element(0x00280002, 1),
    textElement(0x00280004, 'CS', 'MONOCHROME2'),
    uint16Element(0x00280010, series.rows),
    uint16Element(0x00280011, series.columns),
    textElement(0x00280030, 'DS', decimals(series.pixelSpacingMm)),
    uint16Element(0x00280100, 16),
    uint16Element(0x00280101, 16),
    uint16Element(0x00280102, 15),
    uint16Element(0x00280103, 1),
    textElement(0x00281050, 'DS', '40'),
    textElement(0x00281051, 'DS', '400'),
    textElement(0x00281052, 'DS', String(RESCALE_INTERCEPT)),
    textElement(0x00281053, 'DS', '1'),
    textElement(0x00281054, 'LO', 'HU'),
  ];
}

/** Little endian whatever the machine's order. */
function storedPixels(hu: Int16Array): Uint8Array {
  const bytes = new Uint8Array(hu.length * 2);
  const view = new DataView(bytes.buffer);
  for (let n = 0; n < hu.length; n++) view.setInt16(2 * n, hu[n]! - RESCALE_INTERCEPT, true);
  return bytes;
}

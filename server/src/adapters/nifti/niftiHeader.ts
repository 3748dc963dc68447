import {
  affineColumn,
  cross,
  dot,
  norm,
  scale,
  subtract,
  type Affine,
  type Vector3,
} from '../../domain/affine.ts';
import { Problem } from '../../domain/errors.ts';
import { spacingMmOf, type VolumeGeometry } from '../../domain/volumeGeometry.ts';

const HEADER_BYTES = 348;
/** Codes of nifti1.h. */
const DATATYPE = { uint8: 2, uint16: 512, float32: 16 } as const;
const BITS = { uint8: 8, uint16: 16, float32: 32 } as const;
const INTENT_LABEL = 1002;
const XFORM_SCANNER_ANAT = 1;
const UNITS_MM = 2;
const EXTENSION_COMMENT = 6;
/** Moves the far corner of a body of 500 mm by 5 µm. */
const DIRECTION_TOLERANCE = 1e-5;
const FLOAT32_RESOLUTION = 2 ** -23;

export type VoxelType = keyof typeof DATATYPE;

/**
 * Header of a single-file NIfTI-1 image, of labels unless it is of float32, little endian, with a text in a comment
 * extension; the voxels follow, i fastest. NIfTI's world is RAS+, so that x and y of LPS change their signs. The sform holds any grid; the
 * qform has no place for a tilted one and then says that it holds nothing.
 * @throws Problem unsupported-geometry, where slices are not evenly spaced
 */
export function niftiHeader(
  geometry: VolumeGeometry,
  voxelType: VoxelType,
  texts: { readonly description: string; readonly comment: string },
): Uint8Array {
  if (geometry.slicePlaces) {
    throw new Problem(
      'unsupported-geometry',
      'NIfTI knows evenly spaced slices only, and those of the series are not. Use a SEG or an RT Structure Set.',
    );
  }
  const extension = commentExtension(texts.comment);
  const header = Buffer.alloc(HEADER_BYTES);
  const [spacingI, spacingJ, spacingK] = spacingMmOf(geometry);
  const ijkToRas = rasOf(geometry.ijkToLps);
  const rotation = rotationOf(ijkToRas);
  header.writeInt32LE(HEADER_BYTES, 0);
  [3, ...geometry.shapeIjk, 1, 1, 1, 1].forEach((size, n) => header.writeInt16LE(size, 40 + 2 * n));
  header.writeInt16LE(voxelType === 'float32' ? 0 : INTENT_LABEL, 68);
  header.writeInt16LE(DATATYPE[voxelType], 70);
  header.writeInt16LE(BITS[voxelType], 72);
  [rotation?.handedness ?? 1, spacingI, spacingJ, spacingK, 0, 0, 0, 0].forEach((pixdim, n) =>
    header.writeFloatLE(pixdim, 76 + 4 * n),
  );
  header.writeFloatLE(HEADER_BYTES + 4 + extension.length, 108);
  header.writeFloatLE(1, 112);
  header.writeUInt8(UNITS_MM, 123);
  header.write(texts.description.slice(0, 79), 148, 'latin1');
  header.writeInt16LE(rotation ? XFORM_SCANNER_ANAT : 0, 252);
  header.writeInt16LE(XFORM_SCANNER_ANAT, 254);
  const origin = affineColumn(ijkToRas, 3);
  [...(rotation?.quaternion ?? [0, 0, 0]), ...origin].forEach((value, n) =>
    header.writeFloatLE(value, 256 + 4 * n),
  );
  ijkToRas.slice(0, 12).forEach((value, n) => header.writeFloatLE(value, 280 + 4 * n));
  header.write('n+1\0', 344, 'latin1');
  return Buffer.concat([header, Buffer.from([1, 0, 0, 0]), extension]);
}

/** Its size and code, the text, and zeros up to a multiple of 16 bytes. */
function commentExtension(comment: string): Uint8Array {
  const text = Buffer.from(comment);
  const extension = Buffer.alloc(16 * Math.ceil((8 + text.length) / 16));
  extension.writeInt32LE(extension.length, 0);
  extension.writeInt32LE(EXTENSION_COMMENT, 4);
  text.copy(extension, 8);
  return extension;
}

function rasOf(ijkToLps: Affine): Affine {
  return ijkToLps.map((value, n) => (n < 8 ? -value : value)) as unknown as Affine;
}

interface Rotation {
  /** b, c, d of the unit quaternion whose a is not negative. */
  readonly quaternion: Vector3;
  /** −1 where the third axis is turned round after the rotation (`qfac`). */
  readonly handedness: 1 | -1;
}

type Axes = readonly [Vector3, Vector3, Vector3];

/** The directions of the axes as a reader of the qform will see them; undefined where those are others. */
function rotationOf(ijkToRas: Affine): Rotation | undefined {
  const direction = (axis: 0 | 1 | 2): Vector3 => unit(affineColumn(ijkToRas, axis));
  const [x, y, z] = [direction(0), direction(1), direction(2)];
  const handedness = dot(cross(x, y), z) < 0 ? -1 : 1;
  const axes: Axes = [x, y, scale(z, handedness)];
  const quaternion = quaternionOf(axes);
  const agrees = axesOf(quaternion).every(
    (seen, axis) => norm(subtract(seen, axes[axis]!)) <= DIRECTION_TOLERANCE,
  );
  return agrees ? { quaternion, handedness } : undefined;
}

function unit(vector: Vector3): Vector3 {
  return scale(vector, 1 / norm(vector));
}

/** By the largest of the four components, which cannot vanish. */
function quaternionOf([x, y, z]: Axes): Vector3 {
  const candidates = [
    [1 + x[0] + y[1] + z[2], y[2] - z[1], z[0] - x[2], x[1] - y[0]],
    [y[2] - z[1], 1 + x[0] - y[1] - z[2], x[1] + y[0], z[0] + x[2]],
    [z[0] - x[2], x[1] + y[0], 1 - x[0] + y[1] - z[2], y[2] + z[1]],
    [x[1] - y[0], z[0] + x[2], y[2] + z[1], 1 - x[0] - y[1] + z[2]],
  ];
  const squares = candidates.map((candidate, n) => candidate[n]!);
  const largest = Math.max(...squares);
  const [a, b, c, d] = candidates[squares.indexOf(largest)]!.map(part => part / (2 * Math.sqrt(largest)));
  const sign = a! < 0 ? -1 : 1;
  // Readers compute a from the others: where it vanishes, rounding may leave nothing of it.
  const rounded = a! ** 2 < FLOAT32_RESOLUTION ? roundedAwayFromZero : Math.fround;
  return [rounded(sign * b!), rounded(sign * c!), rounded(sign * d!)];
}

function roundedAwayFromZero(value: number): number {
  const nearest = Math.fround(value);
  const isShort = Math.abs(nearest) < Math.abs(value);
  return isShort ? Math.fround(nearest * (1 + FLOAT32_RESOLUTION)) : nearest;
}

/** The rotation of a quaternion without its a, as nifti1.h has it. */
function axesOf([b, c, d]: Vector3): Axes {
  const a = Math.sqrt(Math.max(0, 1 - b * b - c * c - d * d));
  return [
    [a * a + b * b - c * c - d * d, 2 * (b * c + a * d), 2 * (b * d - a * c)],
    [2 * (b * c - a * d), a * a + c * c - b * b - d * d, 2 * (c * d + a * b)],
    [2 * (b * d + a * c), 2 * (c * d - a * b), a * a + d * d - b * b - c * c],
  ];
}

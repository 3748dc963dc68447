import { affineFromColumns, cross, scale, add, type Affine, type Vector3 } from '../../domain/affine.ts';

const RADIANS = Math.PI / 180;

/** The demo series' grid: 512 × 512 × 176 voxels of 0.8 × 0.8 × 2.5 mm. */
export const COLUMNS = 512;
export const ROWS = 512;
export const SLICES = 176;
export const PIXEL_SPACING_MM = 0.8;
export const SLICE_SPACING_MM = 2.5;

/** The patient lies askew: the planes are turned about the patient's x, then y, then z axis. */
const TURN_X = 4.5 * RADIANS;
const TURN_Y = -2.5 * RADIANS;
const TURN_Z = 3 * RADIANS;

function turned([x, y, z]: Vector3): Vector3 {
  const [y1, z1] = [y * Math.cos(TURN_X) - z * Math.sin(TURN_X), y * Math.sin(TURN_X) + z * Math.cos(TURN_X)];
  const [x2, z2] = [
    x * Math.cos(TURN_Y) + z1 * Math.sin(TURN_Y),
    -x * Math.sin(TURN_Y) + z1 * Math.cos(TURN_Y),
  ];
  return [x2 * Math.cos(TURN_Z) - y1 * Math.sin(TURN_Z), x2 * Math.sin(TURN_Z) + y1 * Math.cos(TURN_Z), z2];
}

/** Direction of a row, of a column, and of the slices (feet to head); LPS unit vectors. */
export const ROW_DIRECTION = turned([1, 0, 0]);
export const COLUMN_DIRECTION = turned([0, 1, 0]);
export const SLICE_DIRECTION = cross(ROW_DIRECTION, COLUMN_DIRECTION);

/** LPS of the middle of the grid. */
const CENTRE: Vector3 = [0, 8, 3];

/** IJK → LPS of the whole series; slice 0 is the lowest. */
export const IJK_TO_LPS: Affine = affineFromColumns(
  scale(ROW_DIRECTION, PIXEL_SPACING_MM),
  scale(COLUMN_DIRECTION, PIXEL_SPACING_MM),
  scale(SLICE_DIRECTION, SLICE_SPACING_MM),
  add(
    CENTRE,
    add(
      scale(SLICE_DIRECTION, (-(SLICES - 1) / 2) * SLICE_SPACING_MM),
      add(
        scale(ROW_DIRECTION, (-(COLUMNS - 1) / 2) * PIXEL_SPACING_MM),
        scale(COLUMN_DIRECTION, (-(ROWS - 1) / 2) * PIXEL_SPACING_MM),
      ),
    ),
  ),
);

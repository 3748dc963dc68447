/** Three numbers whose meaning (space, unit) stands in the name of the variable that holds them. */
export type Vector3 = readonly [number, number, number];

/** 4×4 matrix in row-major order whose last row is 0 0 0 1; acts on column vectors. */
export type Affine = readonly [
  ...[number, number, number, number],
  ...[number, number, number, number],
  ...[number, number, number, number],
  ...[number, number, number, number],
];

export function affineFromColumns(x: Vector3, y: Vector3, z: Vector3, origin: Vector3): Affine {
  return [
    ...[x[0], y[0], z[0], origin[0]],
    ...[x[1], y[1], z[1], origin[1]],
    ...[x[2], y[2], z[2], origin[2]],
    ...[0, 0, 0, 1],
  ] as unknown as Affine;
}

/** Column `axis` of the linear part: the step in the target space for one unit along that source axis. */
export function affineColumn(a: Affine, axis: 0 | 1 | 2 | 3): Vector3 {
  switch (axis) {
    case 0:
      return [a[0], a[4], a[8]];
    case 1:
      return [a[1], a[5], a[9]];
    case 2:
      return [a[2], a[6], a[10]];
    case 3:
      return [a[3], a[7], a[11]];
  }
}

export function applyAffine(a: Affine, p: Vector3): Vector3 {
  return [
    a[0] * p[0] + a[1] * p[1] + a[2] * p[2] + a[3],
    a[4] * p[0] + a[5] * p[1] + a[6] * p[2] + a[7],
    a[8] * p[0] + a[9] * p[1] + a[10] * p[2] + a[11],
  ];
}

/** `first` is applied first: `applyAffine(composeAffine(second, first), p)` = second(first(p)). */
export function composeAffine(second: Affine, first: Affine): Affine {
  const column = (axis: 0 | 1 | 2): Vector3 => {
    const origin = applyAffine(second, [0, 0, 0]);
    return subtract(applyAffine(second, affineColumn(first, axis)), origin);
  };
  return affineFromColumns(column(0), column(1), column(2), applyAffine(second, affineColumn(first, 3)));
}

/** @throws RangeError when the linear part is singular. */
export function invertAffine(a: Affine): Affine {
  const x = affineColumn(a, 0);
  const y = affineColumn(a, 1);
  const z = affineColumn(a, 2);
  const yz = cross(y, z);
  const determinant = dot(x, yz);
  if (!Number.isFinite(1 / determinant)) throw new RangeError('affine is singular');
  const rows = [yz, cross(z, x), cross(x, y)].map(row => scale(row, 1 / determinant)) as [
    Vector3,
    Vector3,
    Vector3,
  ];
  const t = affineColumn(a, 3);
  const origin: Vector3 = [-dot(rows[0], t), -dot(rows[1], t), -dot(rows[2], t)];
  return [
    ...[...rows[0], origin[0]],
    ...[...rows[1], origin[1]],
    ...[...rows[2], origin[2]],
    ...[0, 0, 0, 1],
  ] as unknown as Affine;
}

export function add(a: Vector3, b: Vector3): Vector3 {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
}

export function subtract(a: Vector3, b: Vector3): Vector3 {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

export function scale(a: Vector3, factor: number): Vector3 {
  return [a[0] * factor, a[1] * factor, a[2] * factor];
}

export function dot(a: Vector3, b: Vector3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

export function cross(a: Vector3, b: Vector3): Vector3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

export function norm(a: Vector3): number {
  return Math.hypot(a[0], a[1], a[2]);
}

/** Along each axis, of one or more points. @param choose `Math.min` or `Math.max` */
export function extreme(points: readonly Vector3[], choose: (...values: number[]) => number): Vector3 {
  const along = (axis: 0 | 1 | 2): number => choose(...points.map(point => point[axis]));
  return [along(0), along(1), along(2)];
}

import { ctImagePart10, type CtSeries } from '../../server/src/adapters/demoStudy/ctImage.ts';
import { seededRandom } from '../../server/src/adapters/demoStudy/random.ts';
import {
  add,
  affineColumn,
  affineFromColumns,
  applyAffine,
  cross,
  norm,
  scale,
  subtract,
  type Vector3,
} from '../../server/src/domain/affine.ts';
import type { VolumeGeometry } from '../../server/src/domain/volumeGeometry.ts';
import { turnedAxes } from '../fixtures/obliqueAffines.ts';

export type Orientation = 'axial' | 'sagittal' | 'coronal' | 'oblique';

/** A bright or dark sphere at a known place. */
export interface Ball {
  readonly centreLps: Vector3;
  readonly radiusMm: number;
  readonly hu: number;
}

export interface SmallSeriesOptions {
  readonly orientation?: Orientation;
  readonly shapeIjk?: Vector3;
  readonly spacingMm?: Vector3;
  /** Gantry tilt: the step from slice to slice leans by this angle towards the column direction. */
  readonly tiltDegrees?: number;
  /** InstanceNumber falls where the position rises. */
  readonly reversed?: boolean;
  /** The files come in a random (fixed) order. */
  readonly shuffled?: boolean;
  /** Slices k that are left out. */
  readonly missingSlices?: readonly number[];
  /** Where slice k lies, in steps of the grid; absent: at k. */
  readonly placeOf?: (k: number) => number;
  /** Noise of the direction cosines from slice to slice, as some scanners write. */
  readonly orientationNoise?: number;
  readonly balls?: readonly Ball[];
  readonly backgroundHu?: number;
  /** Tells series of one test apart: part of every UID. */
  readonly seed?: number;
  /** Absent: one that tells the seed. */
  readonly patientID?: string;
  /** DICOM PN; absent: `Phantom^Small`. */
  readonly patientName?: string;
}

export interface SmallSeries {
  /** Part 10 files. */
  readonly files: readonly Uint8Array[];
  readonly geometry: VolumeGeometry;
  readonly balls: readonly Ball[];
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  /** By slice k of the full stack. */
  readonly sopInstanceUIDs: readonly string[];
}

/** Middle of every small series, LPS mm: off zero, so that lost signs and swapped axes show. */
export const SMALL_SERIES_CENTRE: Vector3 = [12, -34, 156];

/** Three balls, no two alike in size, value or place, so that no flip or swap of axes maps one on another. */
export const DEFAULT_BALLS: readonly Ball[] = [
  { centreLps: [4, -30, 150], radiusMm: 9, hu: 160 },
  { centreLps: [26, -40, 160], radiusMm: 6, hu: 260 },
  { centreLps: [10, -22, 172], radiusMm: 5, hu: -60 },
];

const AXES: Readonly<Record<Orientation, readonly [Vector3, Vector3]>> = {
  axial: [
    [1, 0, 0],
    [0, 1, 0],
  ],
  sagittal: [
    [0, 1, 0],
    [0, 0, -1],
  ],
  coronal: [
    [1, 0, 0],
    [0, 0, -1],
  ],
  oblique: [turnedAxes(0.3, -0.2, 0.35)[0], turnedAxes(0.3, -0.2, 0.35)[1]],
};

/** A CT-like series of balls in soft tissue, small enough for fast tests. Equal options, equal bytes. */
export function smallSeries(options: SmallSeriesOptions = {}): SmallSeries {
  const { orientation = 'axial', seed = 1, balls = DEFAULT_BALLS, backgroundHu = 40 } = options;
  const { placeOf = (k: number) => k } = options;
  const geometry = geometryOf(options, orientation, seed);
  const [columns, rows, slices] = geometry.shapeIjk;
  const [row, column] = AXES[orientation];
  const series: CtSeries = {
    patientName: options.patientName ?? 'Phantom^Small',
    patientID: options.patientID ?? `TOMOCLICK-PHANTOM-${seed}`,
    studyInstanceUID: `2.25.7000000000000000000000000000000${1000 + seed}1`,
    seriesInstanceUID: `2.25.7000000000000000000000000000000${1000 + seed}2`,
    frameOfReferenceUID: geometry.frameOfReferenceUID,
    studyDescription: 'Small phantom',
    seriesDescription: `Balls, ${orientation}`,
    rows,
    columns,
    imageOrientationPatient: [row, column],
    pixelSpacingMm: [norm(affineColumn(geometry.ijkToLps, 1)), norm(affineColumn(geometry.ijkToLps, 0))],
    sliceThicknessMm: norm(affineColumn(geometry.ijkToLps, 2)),
  };
  const sopInstanceUIDs = Array.from(
    { length: slices },
    (_, k) => `2.25.7000000000000000000000000000000${1000 + seed}${10000 + k}`,
  );
  const random = seededRandom(seed);
  const files: Uint8Array[] = [];
  sopInstanceUIDs.forEach((sopInstanceUID, k) => {
    const hu = sliceHu(geometry, placeOf(k), balls, backgroundHu, random);
    if (options.missingSlices?.includes(k)) return;
    const wobble = (options.orientationNoise ?? 0) * (2 * random() - 1);
    files.push(
      ctImagePart10(
        { ...series, imageOrientationPatient: [leaning(row, column, wobble), leaning(column, row, -wobble)] },
        {
          sopInstanceUID,
          instanceNumber: options.reversed ? slices - k : k + 1,
          imagePositionPatient: applyAffine(geometry.ijkToLps, [0, 0, placeOf(k)]),
          hu,
        },
      ),
    );
  });
  const { studyInstanceUID, seriesInstanceUID } = series;
  const ordered = options.shuffled ? shuffle(files, random) : files;
  return { files: ordered, geometry, balls, studyInstanceUID, seriesInstanceUID, sopInstanceUIDs };
}

function geometryOf(options: SmallSeriesOptions, orientation: Orientation, seed: number): VolumeGeometry {
  const shapeIjk = options.shapeIjk ?? [64, 56, 40];
  const [di, dj, dk] = options.spacingMm ?? [1, 1.25, 2];
  const [row, column] = AXES[orientation];
  const tilt = ((options.tiltDegrees ?? 0) * Math.PI) / 180;
  const step = add(scale(cross(row, column), Math.cos(tilt)), scale(column, Math.sin(tilt)));
  const columns = [scale(row, di), scale(column, dj), scale(step, dk)] as const;
  const halfWay = columns.map((c, axis) => scale(c, ((shapeIjk[axis] ?? 1) - 1) / 2));
  const origin = halfWay.reduce((at, half) => subtract(at, half), SMALL_SERIES_CENTRE);
  return {
    shapeIjk,
    ijkToLps: affineFromColumns(...columns, origin),
    frameOfReferenceUID: `2.25.7000000000000000000000000000000${1000 + seed}3`,
  };
}

function sliceHu(
  { shapeIjk: [columns, rows], ijkToLps }: VolumeGeometry,
  k: number,
  balls: readonly Ball[],
  backgroundHu: number,
  random: () => number,
): Int16Array {
  const NOISE_HU = 8;
  const hu = new Int16Array(columns * rows);
  for (let n = 0; n < hu.length; n++) {
    const p = applyAffine(ijkToLps, [n % columns, Math.floor(n / columns), k]);
    const ball = balls.find(b => norm(subtract(p, b.centreLps)) < b.radiusMm);
    hu[n] = Math.round((ball?.hu ?? backgroundHu) + NOISE_HU * (random() + random() - 1));
  }
  return hu;
}

/** `direction` turned towards `other` by a small angle, unit length. */
function leaning(direction: Vector3, other: Vector3, angle: number): Vector3 {
  const v = add(direction, scale(other, angle));
  return scale(v, 1 / norm(v));
}

function shuffle<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map(item => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

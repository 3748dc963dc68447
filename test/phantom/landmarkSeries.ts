import { decimalString } from '../../server/src/adapters/dicom/decimalString.ts';
import {
  affineColumn,
  affineFromColumns,
  applyAffine,
  norm,
  scale,
  subtract,
  type Affine,
  type Vector3,
} from '../../server/src/domain/affine.ts';
import type { SeriesReference } from '../../server/src/domain/seriesReference.ts';
import { imageAttributes, part10Of, type Attributes } from '../fixtures/part10.ts';
import { seriesFiles } from '../fixtures/seriesFiles.ts';
import { smallSeries, type SmallSeriesOptions } from './smallSeries.ts';

/** A series with one bright ball at a known place. */
export interface LandmarkSeries {
  /** Part 10 files. */
  readonly files: readonly Uint8Array[];
  /** With an image of the volume that is meant where the series holds several. */
  readonly series: SeriesReference;
  readonly landmarkLps: Vector3;
  readonly landmarkHu: number;
  /** Position of the first pixel of every image, by `imageKey`. */
  readonly originLps: ReadonlyMap<string, Vector3>;
}

export function imageKey(sopInstanceUID: string, frameNumber = 1): string {
  return `${sopInstanceUID}#${frameNumber}`;
}

/** A single-frame stack; the landmark is its largest ball. */
export function stackSeries(options: SmallSeriesOptions): LandmarkSeries {
  const { files, studyInstanceUID, seriesInstanceUID, geometry, balls, sopInstanceUIDs } =
    smallSeries(options);
  const ball = balls[0]!;
  const { placeOf = (k: number) => k } = options;
  return {
    files,
    series: { studyInstanceUID, seriesInstanceUID },
    landmarkLps: ball.centreLps,
    landmarkHu: ball.hu,
    originLps: new Map(
      sopInstanceUIDs.map((uid, k) => [imageKey(uid), applyAffine(geometry.ijkToLps, [0, 0, placeOf(k)])]),
    ),
  };
}

const SHAPE: Vector3 = [45, 37, 24];
const AXIAL: Affine = affineFromColumns([1.2, 0, 0], [0, 1.1, 0], [0, 0, 2], [-20, -50, 130]);
const CORONAL: Affine = affineFromColumns([1.2, 0, 0], [0, 0, -1.1], [0, 2, 0], [-20, -50, 170]);
const STUDY = '2.25.71001';
const LANDMARK_RADIUS_MM = 8;
const BACKGROUND_HU = 40;

/** The landmark at `landmarkLps`, as stored values; the fixtures write a RescaleIntercept of -1024. */
function valuesOf(ijkToLps: Affine, landmarkLps: Vector3, landmarkHu: number) {
  return (i: number, j: number, k: number): number => {
    const isLandmark = norm(subtract(applyAffine(ijkToLps, [i, j, k]), landmarkLps)) < LANDMARK_RADIUS_MM;
    return (isLandmark ? landmarkHu : BACKGROUND_HU) + 1024;
  };
}

interface Part {
  readonly ijkToLps: Affine;
  readonly landmarkLps: Vector3;
  readonly landmarkHu: number;
  readonly sliceCount?: number;
  readonly changes?: Attributes;
}

/** Several stacks in one series; part `meant` is named by its middle image unless `isNamed` is false. */
function seriesOfParts(
  seriesInstanceUID: string,
  parts: readonly Part[],
  meant: number,
  isNamed = true,
): LandmarkSeries {
  const files: Uint8Array[] = [];
  const originLps = new Map<string, Vector3>();
  parts.forEach(({ ijkToLps, landmarkLps, landmarkHu, sliceCount = SHAPE[2], changes }, part) => {
    files.push(
      ...seriesFiles({
        ijkToLps,
        ...{ columns: SHAPE[0], rows: SHAPE[1], sliceCount },
        valueAt: valuesOf(ijkToLps, landmarkLps, landmarkHu),
        studyInstanceUID: STUDY,
        seriesInstanceUID: `${seriesInstanceUID}.${part + 1}`,
        changes: { SeriesInstanceUID: seriesInstanceUID, ...changes },
      }),
    );
    for (let k = 0; k < sliceCount; k++) {
      const key = imageKey(`${seriesInstanceUID}.${part + 1}.${k}`);
      originLps.set(key, applyAffine(ijkToLps, [0, 0, k]));
    }
  });
  const { landmarkLps, landmarkHu } = parts[meant]!;
  const image = { sopInstanceUID: `${seriesInstanceUID}.${meant + 1}.${SHAPE[2] / 2}` };
  return {
    files: [...files].reverse(),
    series: { studyInstanceUID: STUDY, seriesInstanceUID, ...(isNamed && { image }) },
    ...{ landmarkLps, landmarkHu, originLps },
  };
}

/** Grid of each time point of `phaseSeries`. */
export const PHASE_GRID = { shapeIjk: SHAPE, ijkToLps: AXIAL } as const;

/** Three time points on one grid; the landmark moves. */
export function phaseSeries(meant: number): LandmarkSeries {
  const parts = [0, 1, 2].map(phase => ({
    ijkToLps: AXIAL,
    landmarkLps: [4 + 5 * phase, -34 + 4 * phase, 148 + 3 * phase] as const,
    landmarkHu: 200 + 50 * phase,
    changes: { TemporalPositionIdentifier: phase + 1 },
  }));
  return seriesOfParts('2.25.71002', parts, meant);
}

/** An axial and a coronal stack. */
export function mixedSeries(meant: number): LandmarkSeries {
  const parts = [AXIAL, CORONAL].map(ijkToLps => ({
    ijkToLps,
    landmarkLps: [4, -34, 148] as const,
    landmarkHu: 250,
  }));
  return seriesOfParts('2.25.71003', parts, meant);
}

/** A stack with two localisers before it; no image needs to be named. */
export function seriesWithLocalisers(): LandmarkSeries {
  const landmark = { landmarkLps: [4, -34, 148] as const, landmarkHu: 250 };
  const localiser = {
    ...landmark,
    ...{ ijkToLps: CORONAL, sliceCount: 2, changes: { ImageType: 'ORIGINAL\\PRIMARY\\LOCALIZER' } },
  };
  return seriesOfParts('2.25.71004', [localiser, { ...landmark, ijkToLps: AXIAL }], 1, false);
}

/** One Enhanced CT with its frames in descending order, or, with several phases, interleaved. */
export function enhancedSeries(phaseCount: number, meant: number): LandmarkSeries {
  const sopInstanceUID = `2.25.71005${phaseCount}`;
  const [columns, rows, slices] = SHAPE;
  const frameKs = Array.from({ length: slices * phaseCount }, (_, frame) => ({
    k: slices - 1 - Math.floor(frame / phaseCount),
    phase: frame % phaseCount,
  }));
  const landmarkOf = (phase: number): Vector3 => [4 + 5 * phase, -34 + 4 * phase, 148 + 3 * phase];
  const landmarkHu = 250;
  const pixels = new Int16Array(frameKs.length * rows * columns);
  frameKs.forEach(({ k, phase }, frame) => {
    const valueAt = valuesOf(AXIAL, landmarkOf(phase), landmarkHu);
    for (let n = 0; n < rows * columns; n++) {
      pixels[frame * rows * columns + n] = valueAt(n % columns, Math.floor(n / columns), k);
    }
  });
  const decimals = (values: readonly number[]): string => values.map(decimalString).join('\\');
  const [x, y, z] = [affineColumn(AXIAL, 0), affineColumn(AXIAL, 1), affineColumn(AXIAL, 2)];
  const seriesInstanceUID = `${sopInstanceUID}.1`;
  const file = part10Of(
    imageAttributes({
      SOPClassUID: '1.2.840.10008.5.1.4.1.1.2.1',
      SOPInstanceUID: sopInstanceUID,
      StudyInstanceUID: STUDY,
      SeriesInstanceUID: seriesInstanceUID,
      FrameOfReferenceUID: `${STUDY}.9`,
      NumberOfFrames: frameKs.length,
      Rows: rows,
      Columns: columns,
      PixelRepresentation: 1,
      PixelData: Buffer.from(pixels.buffer),
      SharedFunctionalGroupsSequence: [
        {
          PlaneOrientationSequence: [
            { ImageOrientationPatient: decimals([...scale(x, 1 / norm(x)), ...scale(y, 1 / norm(y))]) },
          ],
          PixelMeasuresSequence: [
            { PixelSpacing: decimals([norm(y), norm(x)]), SliceThickness: decimalString(norm(z)) },
          ],
          PixelValueTransformationSequence: [{ RescaleSlope: '1', RescaleIntercept: '-1024' }],
          CTImageFrameTypeSequence: [{ FrameType: 'ORIGINAL\\PRIMARY\\VOLUME\\NONE' }],
        },
      ],
      PerFrameFunctionalGroupsSequence: frameKs.map(({ k, phase }) => ({
        FrameContentSequence: [{ TemporalPositionIndex: phase + 1 }],
        PlanePositionSequence: [{ ImagePositionPatient: decimals(applyAffine(AXIAL, [0, 0, k])) }],
      })),
    }),
  );
  const image = { sopInstanceUID, frameNumber: frameKs.findIndex(({ phase }) => phase === meant) + 1 };
  return {
    files: [file],
    series: { studyInstanceUID: STUDY, seriesInstanceUID, ...(phaseCount > 1 && { image }) },
    landmarkLps: landmarkOf(meant),
    landmarkHu,
    originLps: new Map(
      frameKs.map(({ k }, frame) => [imageKey(sopInstanceUID, frame + 1), applyAffine(AXIAL, [0, 0, k])]),
    ),
  };
}

/** A cine loop as ultrasound and X-ray angiography store it: frames without a place in the patient. */
export function cineFile(modality: 'US' | 'XA'): Uint8Array {
  return part10Of(
    imageAttributes({
      SOPClassUID: modality === 'US' ? '1.2.840.10008.5.1.4.1.1.3.1' : '1.2.840.10008.5.1.4.1.1.12.1',
      Modality: modality,
      NumberOfFrames: 4,
      PixelData: Buffer.from(new Uint16Array(4 * 6).buffer),
    }),
  );
}

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DicomSegmentationEncoder } from '../../server/src/adapters/dicom/dicomSegmentationEncoder.ts';
import { DicomSliceDecoder } from '../../server/src/adapters/dicom/dicomSliceDecoder.ts';
import { assembleVolume } from '../../server/src/application/assembleVolume.ts';
import { encodePrediction } from '../../server/src/application/encodeSegmentationObject.ts';
import { always, include, predict } from '../../server/src/application/fixtures/ballPrediction.ts';
import { PLAIN_BINARY } from '../../server/src/domain/segmentationFormat.ts';
import { newUid } from '../../server/src/domain/uid.ts';
import { add, norm, scale, subtract, type Vector3 } from '../../server/src/domain/affine.ts';
import { SMALL_MODEL } from '../../server/src/domain/fixtures/smallModel.ts';
import type { SeriesReference } from '../../server/src/domain/seriesReference.ts';
import type { Volume } from '../../server/src/domain/volume.ts';
import {
  indexIjkOf,
  pointLpsOf,
  spacingMmOf,
  type VolumeGeometry,
} from '../../server/src/domain/volumeGeometry.ts';
import { voxelsLps as maskVoxelsLps } from '../fixtures/orientedSegmentations.ts';
import { smallSeries } from './smallSeries.ts';
import { dciodvfy, hasDciodvfy } from '../external/dciodvfy.ts';
import { readSegmentation, type ReadSegmentation } from '../fixtures/readSegmentation.ts';
import {
  cineFile,
  enhancedSeries,
  imageKey,
  mixedSeries,
  phaseSeries,
  seriesWithLocalisers,
  stackSeries,
  type LandmarkSeries,
} from './landmarkSeries.ts';

if (!hasDciodvfy())
  console.log('SKIPPED: validation of SEGs of the landmark series: dciodvfy is not installed');

/** The balls of the engine reach 4.5 mm; a voxel more for the grid, and one for the level they are seen at. */
const MASK_REACH_MM = 9;
const POSITION_TOLERANCE_MM = 1e-3;

const KINDS: readonly (readonly [string, () => LandmarkSeries])[] = [
  ['axial', () => stackSeries({})],
  ['sagittal, shuffled', () => stackSeries({ orientation: 'sagittal', shuffled: true })],
  ['coronal, InstanceNumber reversed', () => stackSeries({ orientation: 'coronal', reversed: true })],
  ['oblique', () => stackSeries({ orientation: 'oblique', spacingMm: [0.9, 1.1, 1.7] })],
  ['noisy in its orientation', () => stackSeries({ orientationNoise: 4e-5 })],
  ['of a tilted gantry', () => stackSeries({ tiltDegrees: 14, shuffled: true })],
  ['of odd rows and columns', () => stackSeries({ shapeIjk: [61, 53, 40] })],
  ['with slices missing', () => stackSeries({ missingSlices: [2, 3, 30], shuffled: true })],
  [
    'with slices missing beside the landmark, oblique',
    () => stackSeries({ orientation: 'oblique', missingSlices: [8, 9, 10, 25] }),
  ],
  [
    'of thin slices with thick ones beside them, tilted, shuffled',
    () => stackSeries({ placeOf: k => (k < 24 ? k / 2 : 2 * k - 36), tiltDegrees: 9, shuffled: true }),
  ],
  [
    'of slices that follow no grid, oblique, reversed',
    () => stackSeries({ placeOf: k => k + 0.4 * Math.sin(5 * k), orientation: 'oblique', reversed: true }),
  ],
  [
    'of uneven slices, sagittal, one missing',
    () => stackSeries({ placeOf: k => k + 0.02 * k * k, orientation: 'sagittal', missingSlices: [20] }),
  ],
  [
    'of one slice',
    () => stackSeries({ shapeIjk: [64, 56, 1], balls: [{ centreLps: [4, -30, 156], radiusMm: 9, hu: 160 }] }),
  ],
  ['with localisers', seriesWithLocalisers],
  ['of two orientations, the first', () => mixedSeries(0)],
  ['of two orientations, the second', () => mixedSeries(1)],
  ['of three time points, the first', () => phaseSeries(0)],
  ['of three time points, the last', () => phaseSeries(2)],
  ['Enhanced multi-frame', () => enhancedSeries(1, 0)],
  ['Enhanced multi-frame of two time points, the second', () => enhancedSeries(2, 1)],
];

function volumeOf(files: readonly Uint8Array[], series: SeriesReference): Promise<Volume> {
  const imageArchive = {
    async *retrieveSeries() {
      for (const file of files) yield await Promise.resolve(file);
    },
  };
  return assembleVolume(series, { imageArchive, sliceDecoder: new DicomSliceDecoder() }, always);
}

function valueAt({ geometry, values, rescale }: Volume, pointLps: Vector3): number {
  const [i = 0, j = 0, k = 0] = indexIjkOf(geometry, pointLps).map(Math.round);
  const [columns, rows] = geometry.shapeIjk;
  return values[(k * rows + j) * columns + i]! * rescale.slope + rescale.intercept;
}

/** From the centre of the largest voxel to its corner. */
function halfVoxelMm(geometry: VolumeGeometry): number {
  const [x, y, z] = spacingMmOf(geometry);
  const { slicePlaces = [0, 1] } = geometry;
  const steps = slicePlaces.slice(1).map((place, k) => place - slicePlaces[k]!);
  return norm([x, y, z * Math.max(...steps)]) / 2;
}

/** Voxels of the SEG, placed by its own attributes. */
function voxelsLps({
  imageOrientationPatient: o,
  pixelSpacingMm,
  columns,
  frames,
}: ReadSegmentation): Vector3[] {
  const row: Vector3 = [o[0]!, o[1]!, o[2]!];
  const column: Vector3 = [o[3]!, o[4]!, o[5]!];
  return frames.flatMap(({ imagePositionPatient: [x, y, z], pixels }) =>
    [...pixels].flatMap((pixel, n) => {
      const inRow = scale(row, (n % columns) * pixelSpacingMm[1]!);
      const inColumn = scale(column, Math.floor(n / columns) * pixelSpacingMm[0]!);
      return pixel ? [add([x!, y!, z!], add(inRow, inColumn))] : [];
    }),
  );
}

describe.each(KINDS)('a series %s', (_, kind) => {
  test('has its landmark in place, and a click there gives a SEG there that names its images', async () => {
    const { files, series, landmarkLps, landmarkHu, originLps } = kind();
    const volume = await volumeOf(files, series);
    expect(Math.abs(valueAt(volume, landmarkLps) - landmarkHu)).toBeLessThanOrEqual(8);

    const { mask } = await predict(volume, [include(landmarkLps)]);
    const segment = { label: 'Landmark', colour: [1, 2, 3], trackingUID: '2.25.1', mask } as const;
    const segmentationEncoder = new DicomSegmentationEncoder();
    const output = { segmentationEncoder, segmentationFormat: PLAIN_BINARY, newUid };
    const part10 = encodePrediction([segment], volume, SMALL_MODEL, output);
    const seg = readSegmentation(part10);

    const distancesMm = voxelsLps(seg).map(voxel => norm(subtract(voxel, landmarkLps)));
    expect(distancesMm.length).toBeGreaterThan(10);
    expect(Math.min(...distancesMm)).toBeLessThanOrEqual(halfVoxelMm(volume.geometry));
    expect(Math.max(...distancesMm)).toBeLessThan(MASK_REACH_MM);
    expect(hasDciodvfy() ? dciodvfy(part10).errors : []).toEqual([]);
    for (const frame of seg.frames) {
      const [x, y, z] = frame.imagePositionPatient;
      const origin = originLps.get(imageKey(frame.referencedSOPInstanceUID, frame.referencedFrameNumber));
      expect(norm(subtract(origin!, [x!, y!, z!]))).toBeLessThan(POSITION_TOLERANCE_MM);
    }
  });
});

test('a landmark has its mask in place wherever slices lie and it lies between them', async () => {
  const steps = fc.array(fc.double({ min: 0.4, max: 1.8, noNaN: true }), { minLength: 15, maxLength: 15 });
  const share = fc.double({ min: 0.25, max: 0.75, noNaN: true });
  const orientations = fc.constantFrom('axial', 'sagittal', 'coronal', 'oblique');
  await fc.assert(
    fc.asyncProperty(
      steps,
      share,
      orientations,
      fc.boolean(),
      async (stepList, at, orientation, isReversed) => {
        const places = stepList.reduce((all, step) => [...all, all.at(-1)! + step], [0]);
        const options = { shapeIjk: [30, 28, 16], placeOf: (k: number) => places[k]!, orientation } as const;
        const { geometry } = smallSeries(options);
        const landmarkLps = pointLpsOf(geometry, [15, 13, at * places.at(-1)!]);
        const balls = [{ centreLps: landmarkLps, radiusMm: 9, hu: 250 }];
        const { files, series } = stackSeries({ ...options, balls, reversed: isReversed });
        const volume = await volumeOf(files, series);
        expect(Math.abs(valueAt(volume, landmarkLps) - 250)).toBeLessThanOrEqual(8);
        const { mask } = await predict(volume, [include(landmarkLps)]);
        const distancesMm = maskVoxelsLps(mask, volume.geometry).map(voxel =>
          norm(subtract(voxel, landmarkLps)),
        );
        expect(Math.min(...distancesMm)).toBeLessThanOrEqual(halfVoxelMm(volume.geometry));
        expect(Math.max(...distancesMm)).toBeLessThan(MASK_REACH_MM);
      },
    ),
    { numRuns: 20 },
  );
});

describe('a series of images that make no one volume is refused', () => {
  const series = { studyInstanceUID: '1.2.3.1', seriesInstanceUID: '1.2.3.1.1' };

  test.each(['US', 'XA'] as const)('when they are a cine loop (%s)', async modality => {
    await expect(volumeOf([cineFile(modality)], series)).rejects.toMatchObject({
      code: 'unsupported-geometry',
      facts: { modality, numberOfFrames: 4 },
    });
  });

  test.each([
    ['time points', () => phaseSeries(0), 3],
    ['orientations', () => mixedSeries(0), 2],
    ['time points in one Enhanced image', () => enhancedSeries(2, 0), 2],
  ] as const)('when they are several (%s) and none is named', async (_, kind, volumeCount) => {
    const { files, series: named } = kind();
    const { studyInstanceUID, seriesInstanceUID } = named;
    await expect(volumeOf(files, { studyInstanceUID, seriesInstanceUID })).rejects.toMatchObject({
      code: 'unsupported-geometry',
      facts: { volumeCount },
    });
  });
});

import type { MeasuredSegment, MeasuredSegmentation } from '../application/measureSegmentation.ts';
import type { SegmentationMeasurements } from '../contract/measurements.ts';
import type { Diameter } from '../domain/planarDiameters.ts';
import { valueQuantityOf } from '../domain/valueQuantity.ts';
import type { Volume } from '../domain/volume.ts';

type SegmentView = SegmentationMeasurements['segments'][number];

/** Measurements in the words of the contract. */
export function measurementsView(measured: MeasuredSegmentation): SegmentationMeasurements {
  const { segmentation, volume, segments } = measured;
  const unit = valueQuantityOf(volume)?.unit;
  return {
    segmentationId: segmentation.id,
    version: segmentation.version,
    valueUnit: unit ? { ...unit } : null,
    segments: segments.map(each => segmentView(each, volume)),
  };
}

function segmentView({ segment, measurements }: MeasuredSegment, volume: Volume): SegmentView {
  const { segmentNumber, label, trackingUID } = segment;
  const { voxelCount, volumeMl, diameters, values } = measurements;
  const { sopInstanceUID, frameNumber = null } = volume.slices[diameters.sliceIndex]!;
  return {
    ...{ segmentNumber, label, trackingUID, voxelCount },
    ...{ volumeMm3: volumeMl * 1000, volumeMl },
    diameters: {
      sliceIndex: diameters.sliceIndex,
      ...{ sopInstanceUID, frameNumber },
      longest: diameterView(diameters.longest),
      perpendicular: diameterView(diameters.perpendicular),
    },
    values: { ...values },
  };
}

function diameterView({ lengthMm, endsLps }: Diameter): SegmentView['diameters']['longest'] {
  return { lengthMm, endsLps: [[...endsLps[0]], [...endsLps[1]]] };
}

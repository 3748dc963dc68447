import type { NaturalizedDataset } from 'dcmjs';
import { dcm, sct, type Code } from '../../domain/code.ts';
import { codesOfLabel, type SegmentCodes } from '../../domain/segmentDescription.ts';
import { valueQuantityOf, type ValueQuantity } from '../../domain/valueQuantity.ts';
import type { ValueStatistics } from '../../domain/valueStatistics.ts';
import type {
  MeasuredSegmentToEncode,
  MeasurementReportToEncode,
} from '../../ports/measurementReportEncoder.ts';
import {
  codeContent,
  container,
  numberContent,
  segmentContent,
  textContent,
  uidContent,
} from './contentItem.ts';
import { SEGMENTATION_STORAGE } from './segDataset.ts';

/** The product as the device that observes: an installation has no identity of its own. */
const DEVICE_OBSERVER_UID = '2.25.270194797544377294810007103913962611198';
const MM = { code: 'mm', meaning: 'millimeter' };
const CUBIC_MM = { code: 'mm3', meaning: 'cubic millimeter' };
const DERIVATIONS: readonly (readonly [of: keyof ValueStatistics, code: Code])[] = [
  ['mean', sct('373098007', 'Mean')],
  ['standardDeviation', sct('386136009', 'Standard Deviation')],
  ['minimum', sct('255605001', 'Minimum')],
  ['maximum', sct('56851009', 'Maximum')],
];

/** Root of the content tree: a Measurement Report (TID 1500). */
export function measurementReportContent(report: MeasurementReportToEncode): NaturalizedDataset {
  const root = container(
    dcm('126000', 'Imaging Measurement Report'),
    [
      codeContent('HAS CONCEPT MOD', dcm('121049', 'Language of Content Item and Descendants'), {
        ...{ value: 'en', scheme: 'RFC5646', meaning: 'English' },
      }),
      ...observerContext(report),
      // The archive tells neither what was ordered nor what was done.
      codeContent(
        'HAS CONCEPT MOD',
        dcm('121058', 'Procedure reported'),
        sct('363679005', 'Imaging procedure'),
      ),
      container(
        dcm('126010', 'Imaging Measurements'),
        report.segments.map(segment => measurementGroup(segment, report)),
      ),
    ],
    '1500',
  );
  const { RelationshipType: _, ...unrelated } = root;
  return unrelated;
}

/** TID 1002, 1004: software made the measurements. */
function observerContext({ algorithmName }: MeasurementReportToEncode): readonly NaturalizedDataset[] {
  return [
    codeContent('HAS OBS CONTEXT', dcm('121005', 'Observer Type'), dcm('121007', 'Device')),
    uidContent('HAS OBS CONTEXT', dcm('121012', 'Device Observer UID'), DEVICE_OBSERVER_UID),
    textContent('HAS OBS CONTEXT', dcm('121013', 'Device Observer Name'), 'Tomoclick'),
    textContent('HAS OBS CONTEXT', dcm('121014', 'Device Observer Manufacturer'), 'Tomoclick'),
    textContent('HAS OBS CONTEXT', dcm('121015', 'Device Observer Model Name'), algorithmName),
  ];
}

/** Volumetric ROI Measurements and Qualitative Evaluations (TID 1411). */
function measurementGroup(
  segment: MeasuredSegmentToEncode,
  report: MeasurementReportToEncode,
): NaturalizedDataset {
  const { segmentNumber, label, trackingUID, trackingID = label, codes = codesOfLabel(label) } = segment;
  const { sopInstanceUID, segmentationType } = report.segmentation;
  const sopClassUID = SEGMENTATION_STORAGE[segmentationType];
  return container(
    dcm('125007', 'Measurement Group'),
    [
      textContent('HAS OBS CONTEXT', dcm('112039', 'Tracking Identifier'), trackingID),
      uidContent('HAS OBS CONTEXT', dcm('112040', 'Tracking Unique Identifier'), trackingUID),
      ...finding(codes),
      segmentContent(dcm('121191', 'Referenced Segment'), {
        ...{ sopClassUID, sopInstanceUID, segmentNumber },
      }),
      uidContent(
        'CONTAINS',
        dcm('121232', 'Source series for segmentation'),
        report.source.series.seriesInstanceUID,
      ),
      ...algorithm(report),
      ...measurements(segment, valueQuantityOf(report.source)),
    ],
    '1411',
  );
}

/**
 * What was found and where. The side belongs to the place; where the structure has one and its place has none, the
 * structure is a place too.
 */
function finding({
  category,
  type,
  typeModifiers,
  anatomicRegion,
}: SegmentCodes): readonly NaturalizedDataset[] {
  const sidesOfPlace = anatomicRegion?.modifiers.filter(isSide) ?? [];
  const sidesOfType = typeModifiers.filter(isSide);
  const isSidedByType = sidesOfPlace.length === 0 && sidesOfType.length > 0;
  return [
    codeContent('CONTAINS', sct('276214006', 'Finding category'), category),
    codeContent('CONTAINS', dcm('121071', 'Finding'), type),
    ...(anatomicRegion ? [findingSite(anatomicRegion.code, sidesOfPlace)] : []),
    ...(isSidedByType ? [findingSite(type, sidesOfType)] : []),
  ];
}

function findingSite(site: Code, sides: readonly Code[]): NaturalizedDataset {
  const laterality = sides.map(side => codeContent('HAS CONCEPT MOD', sct('272741003', 'Laterality'), side));
  return codeContent('HAS CONCEPT MOD', sct('363698007', 'Finding Site'), site, laterality);
}

/** PS3.16 CID 244. */
function isSide({ value, scheme }: Code): boolean {
  return scheme === 'SCT' && ['24028007', '7771000', '51440002', '66459002'].includes(value);
}

/** TID 4019: whose outline was measured. */
function algorithm({
  algorithmName,
  algorithmVersion,
}: MeasurementReportToEncode): readonly NaturalizedDataset[] {
  return [
    textContent('HAS CONCEPT MOD', dcm('111001', 'Algorithm Name'), algorithmName),
    textContent('HAS CONCEPT MOD', dcm('111003', 'Algorithm Version'), algorithmVersion),
  ];
}

/** ROI Measurements (TID 1419). */
function measurements(
  { measurements: { volumeMl, diameters, values } }: MeasuredSegmentToEncode,
  quantity: ValueQuantity | undefined,
): readonly NaturalizedDataset[] {
  const derivation = dcm('121401', 'Derivation');
  return [
    numberContent(sct('118565006', 'Volume'), volumeMl * 1000, CUBIC_MM),
    numberContent(sct('103339001', 'Long Axis'), diameters.longest.lengthMm, MM),
    numberContent(sct('103340004', 'Short Axis'), diameters.perpendicular.lengthMm, MM),
    ...(quantity
      ? DERIVATIONS.map(([of, code]) =>
          numberContent(quantity.concept, values[of], quantity.unit, [
            codeContent('HAS CONCEPT MOD', derivation, code),
          ]),
        )
      : []),
  ];
}

import type { NaturalizedDataset } from 'dcmjs';
import type { Code } from '../../domain/code.ts';
import type { Unit } from '../../domain/valueQuantity.ts';
import { codeItem } from './segmentItem.ts';
import { decimalString } from './decimalString.ts';

/** How an item hangs on the one above (PS3.3 C.17.3.2.4). */
export type Relationship = 'CONTAINS' | 'HAS OBS CONTEXT' | 'HAS CONCEPT MOD';

function item(
  relationship: Relationship,
  valueType: string,
  name: Code,
  value: NaturalizedDataset,
): NaturalizedDataset {
  return {
    RelationshipType: relationship,
    ValueType: valueType,
    ConceptNameCodeSequence: [codeItem(name)],
    ...value,
  };
}

export function container(
  name: Code,
  children: readonly NaturalizedDataset[],
  templateIdentifier?: string,
): NaturalizedDataset {
  return item('CONTAINS', 'CONTAINER', name, {
    ContinuityOfContent: 'SEPARATE',
    ...(templateIdentifier !== undefined && {
      ContentTemplateSequence: [{ MappingResource: 'DCMR', TemplateIdentifier: templateIdentifier }],
    }),
    ContentSequence: children,
  });
}

export function codeContent(
  relationship: Relationship,
  name: Code,
  value: Code,
  children: readonly NaturalizedDataset[] = [],
): NaturalizedDataset {
  return item(relationship, 'CODE', name, {
    ConceptCodeSequence: [codeItem(value)],
    ...(children.length > 0 && { ContentSequence: children }),
  });
}

export function textContent(relationship: Relationship, name: Code, text: string): NaturalizedDataset {
  return item(relationship, 'TEXT', name, { TextValue: text });
}

export function uidContent(relationship: Relationship, name: Code, uid: string): NaturalizedDataset {
  return item(relationship, 'UIDREF', name, { UID: uid });
}

/** A measured number (PS3.3 C.18.1), also in binary: a decimal string may have too few digits for it. */
export function numberContent(
  name: Code,
  value: number,
  unit: Unit,
  children: readonly NaturalizedDataset[] = [],
): NaturalizedDataset {
  return item('CONTAINS', 'NUM', name, {
    MeasuredValueSequence: [
      {
        NumericValue: decimalString(value),
        FloatingPointValue: value,
        MeasurementUnitsCodeSequence: [codeItem({ value: unit.code, scheme: 'UCUM', meaning: unit.meaning })],
      },
    ],
    ...(children.length > 0 && { ContentSequence: children }),
  });
}

/** One segment of a segmentation (PS3.3 C.18.4). */
export function segmentContent(
  name: Code,
  referenced: {
    readonly sopClassUID: string;
    readonly sopInstanceUID: string;
    readonly segmentNumber: number;
  },
): NaturalizedDataset {
  return item('CONTAINS', 'IMAGE', name, {
    ReferencedSOPSequence: [
      {
        ReferencedSOPClassUID: referenced.sopClassUID,
        ReferencedSOPInstanceUID: referenced.sopInstanceUID,
        ReferencedSegmentNumber: referenced.segmentNumber,
      },
    ],
  });
}

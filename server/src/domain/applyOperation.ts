import type { MaskSnapshot, MaskSummary, Operation, Segment, Segmentation } from './segmentation.ts';
import { segmentOf } from './segmentState.ts';

export type NewSegmentation = Pick<Segmentation, 'id' | 'series' | 'modelId' | 'createdAt'>;

/** A segmentation is the fold of its operations, oldest first. */
export function foldOperations<Kept extends MaskSummary = MaskSnapshot>(
  start: NewSegmentation,
  operations: readonly Operation<Kept>[],
): Segmentation<Kept> {
  const empty: Segmentation<Kept> = {
    ...start,
    ...{ version: 0, contentVersion: 0, segments: [], lastSegmentNumber: 0, stored: [] },
  };
  return operations.reduce<Segmentation<Kept>>(applyOperation, empty);
}

/** @throws Problem segment-not-found */
export function applyOperation<Kept extends MaskSummary>(
  segmentation: Segmentation<Kept>,
  operation: Operation<Kept>,
): Segmentation<Kept> {
  const version = segmentation.version + 1;
  const contentVersion = isEdit(operation) ? version : segmentation.contentVersion;
  return { ...applyChange(segmentation, operation), version, contentVersion };
}

/** Storing changes nothing. */
export function isEdit({ kind }: Pick<Operation, 'kind'>): boolean {
  return !STORING.has(kind);
}

const STORING: ReadonlySet<Operation['kind']> = new Set(['stored', 'report-stored', 'structure-set-stored']);

function applyChange<Kept extends MaskSummary>(
  segmentation: Segmentation<Kept>,
  operation: Operation<Kept>,
): Segmentation<Kept> {
  switch (operation.kind) {
    case 'opened': {
      const { kind: _, ...openedFrom } = operation;
      return { ...segmentation, openedFrom };
    }
    case 'segment-added': {
      const { kind: _, ...segment } = operation;
      const { segmentNumber } = segment;
      const added: Segment<Kept> = { ...segment, steps: [], cursor: 0, promptIds: [] };
      return {
        ...segmentation,
        segments: [...segmentation.segments, added],
        lastSegmentNumber: Math.max(segmentation.lastSegmentNumber, segmentNumber),
      };
    }
    case 'segment-changed': {
      const { label, colour } = operation;
      return withSegment(segmentation, operation.segmentNumber, ({ description, ...segment }) => ({
        ...{ ...segment, label, colour },
        // Codes and name go together.
        ...(description && label === segment.label && { description }),
      }));
    }
    case 'segment-removed': {
      const removed = segmentOf(segmentation, operation.segmentNumber);
      return { ...segmentation, segments: segmentation.segments.filter(segment => segment !== removed) };
    }
    case 'step-added': {
      const { step } = operation;
      return withSegment(segmentation, operation.segmentNumber, segment => ({
        ...segment,
        // What was undone cannot be redone on top of something new.
        steps: [...segment.steps.slice(0, segment.cursor), step],
        cursor: segment.cursor + 1,
        ...(step.kind === 'prompt' && {
          promptIds: [...segment.promptIds, step.promptId],
          lastPromptVersion: segmentation.version + 1,
        }),
      }));
    }
    case 'undone':
      return withSegment(segmentation, operation.segmentNumber, segment => ({
        ...segment,
        cursor: Math.max(0, segment.cursor - 1),
      }));
    case 'redone':
      return withSegment(segmentation, operation.segmentNumber, segment => ({
        ...segment,
        cursor: Math.min(segment.steps.length, segment.cursor + 1),
      }));
    case 'stored': {
      const { kind: _, ...where } = operation;
      const stored = { ...where, version: segmentation.version };
      return { ...segmentation, stored: [...segmentation.stored, stored] };
    }
    case 'report-stored': {
      const { seriesInstanceUID, sopInstanceUID } = operation;
      const stored = segmentation.stored.map((save, index, { length }) =>
        index < length - 1 ? save : { ...save, measurementReport: { seriesInstanceUID, sopInstanceUID } },
      );
      return { ...segmentation, stored };
    }
    case 'structure-set-stored': {
      const { kind: _, ...where } = operation;
      return { ...segmentation, structureSet: { ...where, version: segmentation.version } };
    }
  }
}

function withSegment<Kept extends MaskSummary>(
  segmentation: Segmentation<Kept>,
  segmentNumber: number,
  change: (segment: Segment<Kept>) => Segment<Kept>,
): Segmentation<Kept> {
  const changed = segmentOf(segmentation, segmentNumber);
  const segments = segmentation.segments.map(segment => (segment === changed ? change(segment) : segment));
  return { ...segmentation, segments };
}

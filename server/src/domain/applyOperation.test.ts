import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { applyOperation, foldOperations, type NewSegmentation } from './applyOperation.ts';
import { Problem } from './errors.ts';
import { nextColour } from './segmentColour.ts';
import {
  canRedo,
  canUndo,
  currentMask,
  currentSave,
  currentStructureSet,
  promptsInForce,
  segmentOf,
  startingMask,
} from './segmentState.ts';
import type { Operation, Segment, Segmentation } from './segmentation.ts';

const START: NewSegmentation = {
  id: '00000000-0000-4000-8000-000000000001',
  series: { studyInstanceUID: '1.2', seriesInstanceUID: '1.2.3' },
  modelId: 'm',
  createdAt: '2026-01-01T00:00:00.000Z',
};

function added(segmentNumber: number): Operation {
  return {
    ...{ kind: 'segment-added', segmentNumber, label: `Segment ${segmentNumber}` },
    ...{ colour: [1, 2, 3], trackingUID: `2.25.${segmentNumber}` },
  };
}

function clicked(promptId: string, segmentNumber = 1): Operation {
  return {
    kind: 'step-added',
    segmentNumber,
    step: {
      ...{ kind: 'prompt', promptId, predictedIou: 0.9 },
      prompt: { kind: 'point', pointLps: [0, 0, 0], polarity: 'include' },
      mask: { voxelCount: promptId.length, volumeMl: 1, runLength: new TextEncoder().encode(promptId) },
    },
  };
}

const CLEARED: Operation = { kind: 'step-added', segmentNumber: 1, step: { kind: 'clear' } };
const UNDONE: Operation = { kind: 'undone', segmentNumber: 1 };
const REDONE: Operation = { kind: 'redone', segmentNumber: 1 };

function after(...operations: Operation[]): Segmentation {
  return foldOperations(START, [added(1), ...operations]);
}

function firstSegment(segmentation: Segmentation): Segment {
  return segmentOf(segmentation, 1);
}

function idsInForce(segment: Segment): string[] {
  return promptsInForce(segment).map(step => step.promptId);
}

function maskName(segment: Segment): string | undefined {
  const mask = currentMask(segment);
  return mask && new TextDecoder().decode(mask.runLength);
}

describe('a segment', () => {
  test('knows at which version it had its newest prompt, whatever has been done since', () => {
    const { segments } = after(added(2), clicked('a', 2), clicked('b'), UNDONE, CLEARED, added(3));
    expect(segments.map(({ lastPromptVersion }) => lastPromptVersion)).toEqual([4, 3, undefined]);
  });

  test('shows the mask of the last click, and the one before after an undo', () => {
    const segment = firstSegment(after(clicked('a'), clicked('b')));
    expect(maskName(segment)).toBe('b');
    const undone = firstSegment(after(clicked('a'), clicked('b'), UNDONE));
    expect(maskName(undone)).toBe('a');
    expect(idsInForce(undone)).toEqual(['a']);
    expect([canUndo(undone), canRedo(undone)]).toEqual([true, true]);
  });

  test('is empty after a clear, and full again when the clear is undone', () => {
    const cleared = firstSegment(after(clicked('a'), CLEARED));
    expect(maskName(cleared)).toBeUndefined();
    expect(idsInForce(cleared)).toEqual([]);
    expect(maskName(firstSegment(after(clicked('a'), CLEARED, UNDONE)))).toBe('a');
    expect(idsInForce(firstSegment(after(clicked('a'), CLEARED, clicked('b'))))).toEqual(['b']);
  });

  test('forgets what was undone when something new is done, but not that it has seen the prompt', () => {
    const segment = firstSegment(after(clicked('a'), clicked('b'), UNDONE, clicked('c')));
    expect(idsInForce(segment)).toEqual(['a', 'c']);
    expect(canRedo(segment)).toBe(false);
    expect(segment.promptIds).toEqual(['a', 'b', 'c']);
  });

  test('does not go below nothing or beyond everything', () => {
    const segment = firstSegment(after(clicked('a'), UNDONE, UNDONE, REDONE, REDONE, UNDONE));
    expect(segment.cursor).toBe(0);
  });

  test('keeps its number to itself after it was removed', () => {
    const removed = after({ kind: 'segment-removed', segmentNumber: 1 });
    expect(removed.segments).toEqual([]);
    expect(removed.lastSegmentNumber).toBe(1);
  });

  test('that does not exist cannot be changed', () => {
    expect(() => applyOperation(after(), { kind: 'undone', segmentNumber: 2 })).toThrow(Problem);
  });
});

test('a stored operation remembers the version that was stored', () => {
  const stored = after(clicked('a'), { kind: 'stored', seriesInstanceUID: '1.5', sopInstanceUID: '1.5.1' });
  expect(stored.stored).toEqual([{ seriesInstanceUID: '1.5', sopInstanceUID: '1.5.1', version: 2 }]);
  expect(stored.version).toBe(3);
});

test('what is stored is current until something changes, whatever else is stored after it', () => {
  const object = { seriesInstanceUID: '1.5', sopInstanceUID: '1.5.1' };
  const contours = { seriesInstanceUID: '1.6', sopInstanceUID: '1.6.1' };
  const save: Operation = { kind: 'stored', ...object };
  const saved = after(clicked('a'), save);
  expect(currentStructureSet(saved)).toBeUndefined();
  const both = [
    ...([
      { kind: 'report-stored', ...object },
      { kind: 'structure-set-stored', ...contours },
    ] as const),
  ].reduce(applyOperation, saved);
  expect(currentSave(both)).toMatchObject({ ...object, version: 2, measurementReport: object });
  expect(currentStructureSet(both)).toEqual({ ...contours, version: 4 });
  expect(currentStructureSet(applyOperation(both, save))).toMatchObject(contours);
  const changed = applyOperation(both, UNDONE);
  expect([currentSave(changed), currentStructureSet(changed)]).toEqual([undefined, undefined]);
});

test('as many undos as steps, then as many redos, give back every history', () => {
  const step = fc.oneof(
    fc.uuid().map(id => clicked(id)),
    fc.constant(CLEARED),
    fc.constant(UNDONE),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), operations => {
      const start = after(...operations);
      const { cursor } = firstSegment(start);
      const back = Array.from({ length: cursor }, () => UNDONE).reduce(applyOperation, start);
      expect(canUndo(firstSegment(back))).toBe(false);
      const forth = Array.from({ length: cursor }, () => REDONE).reduce(applyOperation, back);
      expect(firstSegment(forth)).toEqual(firstSegment(start));
      expect(forth.version).toBe(start.version + 2 * cursor);
    }),
  );
});

describe('a segment that was opened', () => {
  const openedMask = { voxelCount: 3, volumeMl: 1, runLength: Uint8Array.of(1) };
  const mass = { value: '4147007', scheme: 'SCT', meaning: 'Mass' };
  const opened: Operation = {
    ...{ kind: 'segment-added', segmentNumber: 1, label: 'Tumor', colour: [1, 2, 3], trackingUID: '2.25.1' },
    openedMask,
    description: {
      ...{ trackingID: 'Tumor 1', algorithm: { type: 'MANUAL' } },
      codes: { category: mass, type: mass, typeModifiers: [] },
    },
  };
  const after = (...operations: readonly Operation[]): Segment =>
    segmentOf(foldOperations(START, [opened, ...operations]), 1);

  test('has its mask before any step, and again once all are undone', () => {
    expect(currentMask(after())).toBe(openedMask);
    expect(canUndo(after())).toBe(false);
    expect(currentMask(after(CLEARED))).toBeUndefined();
    expect(currentMask(after(CLEARED, UNDONE))).toBe(openedMask);
  });

  test('lets prompts start from its mask until it is cleared', () => {
    expect(startingMask(after(clicked('a')))).toBe(openedMask);
    expect(startingMask(after(clicked('a'), CLEARED, clicked('b')))).toBeUndefined();
    expect(startingMask(after(CLEARED, UNDONE))).toBe(openedMask);
  });

  test('keeps its description while it keeps its label', () => {
    const named = (label: string): Operation => ({
      ...{ kind: 'segment-changed', segmentNumber: 1, label, colour: [9, 9, 9] },
    });
    expect(after(named('Tumor')).description).toBeDefined();
    expect(after(named('Liver'))).not.toHaveProperty('description');
  });
});

describe('nextColour', () => {
  test('gives no colour twice while the palette lasts, and always one', () => {
    let segmentation = foldOperations(START, []);
    const given: string[] = [];
    for (let segmentNumber = 1; segmentNumber <= 30; segmentNumber++) {
      const colour = nextColour(segmentation);
      given.push(colour.join());
      segmentation = applyOperation(segmentation, {
        ...{ kind: 'segment-added', segmentNumber, label: 'x', colour, trackingUID: '2.25.1' },
      });
    }
    expect(new Set(given.slice(0, 12)).size).toBe(12);
  });
});

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { TOOL_NAME } from '../../id.ts';
import type { Cornerstone } from '../../ports/cornerstone.ts';
import type { DrawnKind } from '../../domain/drawnPrompt.ts';
import { listenForPrompts, type ViewportClick, type ViewportDrawing } from './listenForPrompts.ts';

class FakeElement {
  constructor(private readonly isImage: boolean) {}
  closest(): FakeElement | null {
    return this.isImage ? this : null;
  }
  contains(other: unknown): boolean {
    return other === this;
  }
}

/** Beside the viewport, as the panel is. */
const BESIDE = new FakeElement(false);
const IMAGES = new FakeElement(true);

/** An axial plane, a millimetre a pixel: which slice it shows is the height of its points. */
let sliceMm: number;
let drawing: DrawnKind | undefined;
let clicks: ViewportClick[];
let drawn: ViewportDrawing[];
let drafts: (ViewportDrawing | undefined)[];
let page: EventTarget;
let end: () => void;
const outside = { document: globalThis.document, Element: globalThis.Element };

beforeEach(() => {
  page = new EventTarget();
  Object.assign(globalThis, { document: page, Element: FakeElement });
  [sliceMm, drawing, clicks, drawn, drafts] = [10, undefined, [], [], []];
  const viewport = {
    element: IMAGES,
    canvas: { getBoundingClientRect: () => ({ left: 0, top: 0 }), clientWidth: 512, clientHeight: 512 },
    canvasToWorld: ([x, y]: readonly [number, number]) => [x, y, sliceMm],
    getCamera: () => ({ viewPlaneNormal: [0, 0, -1] }),
  };
  const cornerstone = {
    core: { getEnabledElements: () => [{ viewport, viewportId: 'axial', renderingEngineId: 'engine' }] },
    tools: {
      ToolGroupManager: {
        getToolGroupForViewport: () => ({ getActivePrimaryMouseButtonTool: () => TOOL_NAME }),
      },
    },
  } as unknown as Cornerstone;
  end = listenForPrompts(cornerstone, {
    drawingIn: () => drawing,
    onClick: click => clicks.push(click),
    onRest: () => undefined,
    onDraft: draft => drafts.push(draft),
    onDrawn: drawing => drawn.push(drawing),
  });
});

afterEach(() => {
  end();
  Object.assign(globalThis, outside);
});

interface Pointer {
  readonly on?: FakeElement;
  readonly pointerId?: number;
  readonly ctrlKey?: boolean;
  readonly shiftKey?: boolean;
}

function point(type: 'down' | 'move' | 'up' | 'cancel', x: number, y: number, pointer: Pointer = {}): void {
  const { on = IMAGES, pointerId = 1, ctrlKey = false, shiftKey = false } = pointer;
  const event = new Event(`pointer${type}`);
  const values = { target: on, clientX: x, clientY: y, button: 0, buttons: type === 'up' ? 0 : 1, pointerId };
  const all = { ...values, ctrlKey, shiftKey, altKey: false, metaKey: false };
  for (const [name, value] of Object.entries(all)) Object.defineProperty(event, name, { value });
  page.dispatchEvent(event);
}

describe('a click', () => {
  test('is where it was pressed, in the slice that was seen then, whatever is shown when it is released', () => {
    point('down', 40, 50);
    sliceMm = 90;
    point('up', 41, 50);
    expect(clicks).toEqual([{ viewportId: 'axial', pointLps: [40, 50, 10] }]);
  });

  test.each([
    ['pressed', true, false],
    ['released', false, true],
  ])('excludes where Ctrl was held when it was %s', (_, before, after) => {
    point('down', 40, 50, { ctrlKey: before });
    point('up', 40, 50, { ctrlKey: after });
    expect(clicks).toMatchObject([{ polarity: 'exclude' }]);
  });
});

describe('what is drawn', () => {
  test.each(['scribble', 'box'] as const)('as a %s lies in the slice in which it was begun', kind => {
    drawing = kind;
    point('down', 10, 10);
    point('move', 20, 10);
    sliceMm = 90;
    point('move', 30, 20);
    point('up', 30, 20);
    const [{ drawn: prompt } = {}] = drawn;
    const points = prompt?.kind === 'box' ? prompt.cornersLps : prompt?.pointsLps;
    expect(points?.[0]).toEqual([10, 10, 10]);
    expect(points?.map(([, , z]) => z)).toEqual(points?.map(() => 10));
    expect(clicks).toEqual([]);
  });

  test('is not lost where another finger, or the edge of the hand, comes to lie beside the images', () => {
    drawing = 'scribble';
    point('down', 10, 10);
    point('move', 20, 10);
    point('down', 900, 10, { on: BESIDE, pointerId: 2 });
    point('cancel', 900, 10, { on: BESIDE, pointerId: 2 });
    point('move', 30, 10);
    point('up', 40, 10);
    expect(drawn).toMatchObject([{ viewportId: 'axial', drawn: { kind: 'scribble' } }]);
    expect(drafts.at(-2)).toBeDefined();
  });

  test.each([
    ['beside the images', { on: BESIDE }],
    ['with Shift', { shiftKey: true }],
  ])('is nothing where the release got lost and the same pointer presses %s', (_, pointer) => {
    drawing = 'scribble';
    point('down', 10, 10);
    point('move', 20, 10);
    point('down', 300, 10, pointer);
    point('move', 320, 10, pointer);
    point('up', 340, 10, pointer);
    expect(drawn).toEqual([]);
    expect(clicks).toEqual([]);
  });
});

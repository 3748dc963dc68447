import { add, affineColumn, dot, extreme, norm, scale, type Vector3 } from '../domain/affine.ts';
import { AXES, canonicalMmOf, type Axis } from '../domain/canonicalFrame.ts';
import { Problem } from '../domain/errors.ts';
import { intersectBoxes, isEmptyBox, type IndexBox } from '../domain/indexBox.ts';
import { lassoNormal, surroundedPoints } from '../domain/lasso.ts';
import type { ModelManifest } from '../domain/modelManifest.ts';
import type { BoxPrompt, LassoPrompt, Prompt, SizePrompt, SizeWish } from '../domain/prompt.ts';
import { regionOfDrawnBox } from '../domain/regionOfDrawnBox.ts';
import { showsPoint } from '../domain/regionOfInterest.ts';
import { evenStroke } from '../domain/stroke.ts';
import { containsIndex, indexIjkOf } from '../domain/volumeGeometry.ts';
import type { SegmentationScene } from './segmentationScene.ts';

/** A point where it falls in the volume. */
export interface Click {
  readonly indexIjk: Vector3;
  /** mm in the canonical frame of the volume. */
  readonly pointMm: Vector3;
  readonly include: boolean;
}

/** A box where it falls in the volume. */
export interface PlacedBox {
  /** Corners, mm in the canonical frame of the volume. */
  readonly lowMm: Vector3;
  readonly highMm: Vector3;
  /** Axis of the canonical frame across which the box was drawn in a slice. Absent: a box in space. */
  readonly sliceAxis?: Axis;
  /** Of the volume; at least one. */
  readonly voxels: IndexBox;
}

/** A prompt where it falls in the volume. */
export type PlacedPrompt =
  /** A point, or those of a scribble or lasso; the anchor, one of them, stands for all. */
  | { readonly kind: 'clicks'; readonly clicks: readonly Click[]; readonly anchor: Click }
  /** Or a lasso that opens the segment, which says where in it the structure is. */
  | { readonly kind: 'box'; readonly box: PlacedBox; readonly middle?: Click }
  | { readonly kind: 'size'; readonly wish: SizeWish };

/** All that the model is told by prompts. */
export interface PromptSet {
  readonly clicks: readonly Click[];
  /** The one drawn last. */
  readonly box?: PlacedBox;
  /** The structure of the box was looked for at several places. */
  readonly isProbed?: boolean;
  /** The reader has said how large the structure is, by a box or by asking for another size. */
  readonly isSized: boolean;
}

/** A box is at least so wide, in each direction that it limits. */
const LEAST_SIDE_MM = 0.5;
/** In voxels: far above the noise of inverting an affine, and nothing that a hand could mean. */
const EDGE_WIDTH = 1e-6;

/** A box starts the segment anew: what was included before, beyond where the box is looked at, is not meant any more. */
export function promptSetOf(model: ModelManifest, prompts: readonly PlacedPrompt[]): PromptSet {
  const last = prompts.findLast(prompt => prompt.kind === 'box');
  const isSized = prompts.some(({ kind }) => kind !== 'clicks');
  if (!last) return { clicks: prompts.flatMap(clicksOf), isSized };
  const { lowMm: low, highMm: high, sliceAxis } = last.box;
  const region = regionOfDrawnBox(model, { low, high, sliceAxis });
  const isMeant = ({ include, pointMm }: Click): boolean => !include || showsPoint(region, pointMm);
  const place = prompts.indexOf(last);
  const before = prompts.slice(0, place).flatMap(clicksOf).filter(isMeant);
  return { clicks: [...before, ...prompts.slice(place).flatMap(clicksOf)], isSized, box: last.box };
}

function clicksOf(prompt: PlacedPrompt): readonly Click[] {
  if (prompt.kind === 'clicks') return prompt.clicks;
  return prompt.kind === 'box' && prompt.middle ? [prompt.middle] : [];
}

/**
 * All prompts of a segment. A lasso that opens one says how large the structure is: it is a box in a slice, too.
 * @param isOpened there is a mask before the first
 * @throws Problem invalid-request (the model does not take such prompts), prompt-outside-volume
 */
export function placePrompts(
  scene: SegmentationScene,
  prompts: readonly Prompt[],
  isOpened: boolean,
): readonly PlacedPrompt[] {
  const opening = isOpened ? -1 : prompts.findIndex(opensSegment);
  return prompts.map((prompt, place) => {
    const placed = placePrompt(scene, prompt);
    const isDrawn = place === opening && prompt.kind === 'lasso' && placed.kind === 'clicks';
    if (!isDrawn || !scene.model.boxProbes) return placed;
    return { kind: 'box', box: placeBox(scene, boxAbout(prompt)), middle: placed.anchor };
  });
}

function opensSegment(prompt: Prompt): boolean {
  return prompt.kind === 'box' || (prompt.kind !== 'size' && prompt.polarity === 'include');
}

function boxAbout({ pointsLps }: LassoPrompt): BoxPrompt {
  const normalLps = lassoNormal(pointsLps);
  return { kind: 'box', cornersLps: pointsLps, ...(normalLps && { normalLps }) };
}

function placePrompt(scene: SegmentationScene, prompt: Prompt): PlacedPrompt {
  const { promptKinds } = scene.model;
  if (!promptKinds.includes(prompt.kind)) {
    throw new Problem('invalid-request', `The model takes prompts of the kinds ${promptKinds.join(', ')}.`);
  }
  if (prompt.kind === 'box') return { kind: 'box', box: notThin(placeBox(scene, prompt)) };
  if (prompt.kind === 'size') return prompt;
  const include = prompt.polarity === 'include';
  const clicks = pointsOf(prompt).flatMap(pointLps => clickAt(scene, pointLps, include) ?? []);
  const anchor = clicks[prompt.kind === 'scribble' ? Math.floor(clicks.length / 2) : 0];
  if (!anchor) throw outsideVolume(scene, prompt);
  return { kind: 'clicks', clicks, anchor };
}

/** Each prompt of a request is answered after all before it: they are not to be looked through once more for each. */
const lassoPoints = new WeakMap<Prompt, readonly Vector3[]>();

function pointsOf(prompt: Exclude<Prompt, BoxPrompt | SizePrompt>): readonly Vector3[] {
  switch (prompt.kind) {
    case 'point':
      return [prompt.pointLps];
    case 'scribble':
      return evenStroke(prompt.pointsLps);
    case 'lasso': {
      const points = lassoPoints.get(prompt) ?? surroundedPoints(prompt.pointsLps);
      if (points.length === 0) throw new Problem('invalid-request', 'Draw the lasso around an area.');
      lassoPoints.set(prompt, points);
      return points;
    }
  }
}

/** mm in the canonical frame. */
export function middleOfBox({ lowMm, highMm }: PlacedBox): Vector3 {
  return scale(add(lowMm, highMm), 0.5);
}

/** Nothing for a point outside the volume. */
export function clickAt(scene: SegmentationScene, pointLps: Vector3, include: boolean): Click | undefined {
  const { geometry } = scene.volume;
  const indexIjk = indexIjkOf(geometry, pointLps);
  if (!containsIndex(geometry, indexIjk)) return undefined;
  const insideIjk = offFarEdge(indexIjk, geometry.shapeIjk);
  return { indexIjk: insideIjk, pointMm: canonicalMmOf(scene.frame, insideIjk), include };
}

/** What lies on the far edge of the volume is in its last voxel: rounded, the index would be beyond it. */
function offFarEdge(indexIjk: Vector3, shapeIjk: Vector3): Vector3 {
  const along = (axis: Axis): number => Math.min(indexIjk[axis], shapeIjk[axis] - 0.5 - EDGE_WIDTH);
  return [along(0), along(1), along(2)];
}

function placeBox(scene: SegmentationScene, prompt: BoxPrompt): PlacedBox {
  const { geometry } = scene.volume;
  const { shapeIjk } = geometry;
  const drawn = prompt.cornersLps.map(corner => indexIjkOf(geometry, corner));
  const [low, high] = [extreme(drawn, Math.min), extreme(drawn, Math.max)];
  const isBeside = AXES.some(axis => high[axis] < -0.5 || low[axis] > shapeIjk[axis] - 0.5);
  const voxels = voxelsWithin(clamped(low, shapeIjk), clamped(high, shapeIjk));
  const inVolume = intersectBoxes(voxels, { minIjk: [0, 0, 0], maxIjk: shapeIjk });
  if (isBeside || isEmptyBox(inVolume)) throw outsideVolume(scene, prompt);
  const cornersMm = drawn.map(index => canonicalMmOf(scene.frame, clamped(index, shapeIjk)));
  const sliceAxis = prompt.normalLps && sliceAxisOf(scene, prompt.normalLps);
  return {
    ...{ lowMm: extreme(cornersMm, Math.min), highMm: extreme(cornersMm, Math.max), voxels: inVolume },
    ...(sliceAxis !== undefined && { sliceAxis }),
  };
}

/** @throws Problem invalid-request */
function notThin(box: PlacedBox): PlacedBox {
  const { lowMm, highMm, sliceAxis } = box;
  if (AXES.some(axis => axis !== sliceAxis && highMm[axis] - lowMm[axis] < LEAST_SIDE_MM)) {
    throw new Problem('invalid-request', 'Draw the box around the structure; this one holds nothing.');
  }
  return box;
}

/** The nearest index in the volume, whose voxels reach half a voxel beyond their centres. */
function clamped(indexIjk: Vector3, shapeIjk: Vector3): Vector3 {
  const along = (axis: Axis): number => Math.min(shapeIjk[axis] - 0.5, Math.max(-0.5, indexIjk[axis]));
  return [along(0), along(1), along(2)];
}

/** The canonical axis that runs most nearly along a direction. */
function sliceAxisOf({ volume, frame }: SegmentationScene, normalLps: Vector3): Axis {
  const along = (axis: Axis): number => {
    const column = affineColumn(volume.geometry.ijkToLps, frame[axis].volumeAxis);
    return Math.abs(dot(column, normalLps)) / norm(column);
  };
  return AXES.toSorted((one, other) => along(other) - along(one))[0] ?? 2;
}

/** Those whose centres lie between two indices; along an axis with none, the nearest. */
function voxelsWithin(low: Vector3, high: Vector3): IndexBox {
  const first = (axis: Axis): number => {
    const inside = Math.ceil(low[axis]);
    return inside <= high[axis] ? inside : Math.round((low[axis] + high[axis]) / 2);
  };
  const end = (axis: Axis): number => Math.max(Math.floor(high[axis]), first(axis)) + 1;
  return { minIjk: [first(0), first(1), first(2)], maxIjk: [end(0), end(1), end(2)] };
}

function outsideVolume({ volume }: SegmentationScene, prompt: Exclude<Prompt, SizePrompt>): Problem {
  const { geometry } = volume;
  const [positionLps] =
    prompt.kind === 'point'
      ? [prompt.pointLps]
      : prompt.kind === 'box'
        ? prompt.cornersLps
        : prompt.pointsLps;
  const indexIjk = positionLps && indexIjkOf(geometry, positionLps).map(Math.round);
  return new Problem(
    'prompt-outside-volume',
    'Click or draw inside the images of the series; positions are LPS mm in its Frame of Reference.',
    { positionLps, indexIjk, shapeIjk: geometry.shapeIjk },
  );
}

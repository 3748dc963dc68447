import type { PromptContract } from '@tomoclick/server/contract';
import type { PointLps } from './pointLps.ts';
import type { Drawing, Polarity } from './promptSession.ts';
import { thinnedPath } from './thinnedPath.ts';

/** A prompt that is drawn by dragging. */
export type DrawnKind = Exclude<Drawing, 'point'>;

/** As drawn; the polarity where the reader chose it with a key. */
export type DrawnPrompt =
  | Extract<PromptContract, { kind: 'box' }>
  | (Omit<Extract<PromptContract, { kind: 'scribble' | 'lasso' }>, 'polarity'> & {
      readonly polarity?: Polarity;
    });

/** A path that encloses nothing is a slip of the hand. */
const LEAST_OUTLINE_POINTS = 3;

/**
 * What a drag draws.
 * @param path canvas pixels, in the order drawn
 * @param toLps canvas pixels → mm, patient LPS
 * @returns nothing where the drag is too short to mean anything
 */
export function promptDrawn(
  kind: DrawnKind,
  path: readonly (readonly [number, number])[],
  toLps: (place: readonly [number, number]) => PointLps,
  normalLps: PointLps,
  polarity: Polarity | undefined,
): DrawnPrompt | undefined {
  if (kind === 'box') {
    const corners = cornersOf(path);
    if (!corners) return undefined;
    return { kind, cornersLps: corners.map(corner => [...toLps(corner)]), normalLps: [...normalLps] };
  }
  if (path.length < (kind === 'lasso' ? LEAST_OUTLINE_POINTS : 1)) return undefined;
  const pointsLps = thinnedPath(path.map(toLps));
  return { kind, pointsLps: pointsLps.map(point => [...point]), ...(polarity && { polarity }) };
}

/** From where the drag began to where it ended, around. */
function cornersOf(path: readonly (readonly [number, number])[]) {
  const [first] = path;
  const last = path.at(-1);
  if (!first || !last || first[0] === last[0] || first[1] === last[1]) return undefined;
  return [first, [last[0], first[1]], last, [first[0], last[1]]] as const;
}

/** A position in the middle of what was clicked or drawn; undefined for what lies nowhere. */
export function middleOf(prompt: PromptContract | DrawnPrompt): PointLps | undefined {
  switch (prompt.kind) {
    case 'point':
      return prompt.pointLps;
    case 'scribble':
      return prompt.pointsLps[Math.floor(prompt.pointsLps.length / 2)];
    case 'lasso':
      return meanOf(prompt.pointsLps);
    case 'box':
      return meanOf(prompt.cornersLps);
    case 'size':
      return undefined;
  }
}

function meanOf(points: readonly PointLps[]): PointLps {
  const along = (axis: 0 | 1 | 2): number =>
    points.reduce((sum, point) => sum + point[axis], 0) / Math.max(1, points.length);
  return [along(0), along(1), along(2)];
}

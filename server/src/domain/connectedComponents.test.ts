import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { componentsHolding, nearestComponent } from './connectedComponents.ts';
import { anyMask, denseVoxels } from './fixtures/arbitraries.ts';
import { emptyMask, type Mask } from './mask.ts';
import type { Vector3 } from './affine.ts';

const indexOf = (at: number): Vector3 => [at % 9, Math.floor(at / 9) % 8, Math.floor(at / 72)];

/** Components by flood fill over all 26 neighbours, each a set of dense indices. */
function floodComponents(mask: Mask): Set<number>[] {
  const dense = denseVoxels(mask);
  const components: Set<number>[] = [];
  const seen = new Set<number>();
  for (let start = 0; start < dense.length; start++) {
    if (dense[start] !== 1 || seen.has(start)) continue;
    const component = new Set([start]);
    for (const at of component) {
      const [i, j, k] = indexOf(at);
      for (let dk = -1; dk <= 1; dk++) {
        for (let dj = -1; dj <= 1; dj++) {
          for (let di = -1; di <= 1; di++) {
            const [x, y, z] = [i + di, j + dj, k + dk];
            const next = z * 72 + y * 9 + x;
            if (x < 0 || x > 8 || y < 0 || y > 7 || z < 0 || z > 6 || dense[next] !== 1) continue;
            component.add(next);
          }
        }
      }
    }
    component.forEach(at => seen.add(at));
    components.push(component);
  }
  return components;
}

function heldBy(mask: Mask): number[] {
  return [...denseVoxels(mask).entries()].filter(([, voxel]) => voxel === 1).map(([at]) => at);
}

const anyIndex = fc.tuple(fc.nat(8), fc.nat(7), fc.nat(6));

describe('connected components', () => {
  test('those that hold a voxel are what a flood fill reaches from it; else the largest', () => {
    fc.assert(
      fc.property(anyMask, fc.array(anyIndex, { maxLength: 3 }), (mask, indices) => {
        const components = floodComponents(mask);
        const seeds = indices.map(([i, j, k]) => k * 72 + j * 9 + i);
        const held = components.filter(component => seeds.some(seed => component.has(seed)));
        const kept = heldBy(componentsHolding(mask, indices));
        if (held.length > 0) {
          expect(kept).toEqual(held.flatMap(component => [...component]).sort((a, b) => a - b));
        } else {
          expect(kept.length).toBe(Math.max(0, ...components.map(component => component.size)));
          expect(components.filter(component => kept.some(at => component.has(at))).length).toBeLessThan(2);
        }
      }),
    );
  });

  test('the nearest one holds the voxel nearest to the place', () => {
    fc.assert(
      fc.property(anyMask, anyIndex, (mask, place) => {
        const components = floodComponents(mask);
        const squared = (at: number): number =>
          indexOf(at).reduce((sum, index, axis) => sum + (index - (place[axis] ?? NaN)) ** 2, 0);
        const kept = heldBy(nearestComponent(mask, place));
        if (components.length === 0) {
          expect(kept).toEqual([]);
          return;
        }
        expect(Math.min(...kept.map(squared))).toBe(Math.min(...heldBy(mask).map(squared)));
        const whole = components.find(component => component.has(kept[0] ?? -1));
        expect(kept).toEqual([...(whole ?? [])].sort((a, b) => a - b));
      }),
    );
  });

  test('an empty mask has none', () => {
    const empty = emptyMask([9, 8, 7]);
    expect(componentsHolding(empty, [[1, 1, 1]])).toEqual(empty);
    expect(nearestComponent(empty, [1, 1, 1])).toEqual(empty);
  });
});

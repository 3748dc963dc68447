import type { Vector3 } from '../../server/src/domain/affine.ts';
import { boxSize } from '../../server/src/domain/indexBox.ts';
import type { Mask } from '../../server/src/domain/mask.ts';
import { pointLpsOf, spacingMmOf, type VolumeGeometry } from '../../server/src/domain/volumeGeometry.ts';

/**
 * The voxel farthest from a mask's border, where a reader would click: its LPS centre and its depth in mm
 * (city-block distance, two passes a direction). Undefined for an empty mask.
 */
export function deepestPoint(
  mask: Mask,
  geometry: VolumeGeometry,
): { readonly pointLps: Vector3; readonly depthMm: number } | undefined {
  const [ni, nj, nk] = boxSize(mask.box);
  const [si, sj, sk] = spacingMmOf(geometry);
  const depth = Float32Array.from(mask.voxels, voxel => (voxel ? Infinity : 0));
  const relax = (n: number, inside: boolean, other: number, mm: number): void => {
    const from = inside ? depth[other]! : 0;
    if (from + mm < depth[n]!) depth[n] = from + mm;
  };
  for (let n = 0; n < depth.length; n++) {
    if (depth[n] === 0) continue;
    const i = n % ni;
    const j = Math.floor(n / ni) % nj;
    relax(n, i > 0, n - 1, si);
    relax(n, j > 0, n - ni, sj);
    relax(n, n >= ni * nj, n - ni * nj, sk);
  }
  let deepest = -1;
  for (let n = depth.length - 1; n >= 0; n--) {
    if (depth[n] === 0) continue;
    const i = n % ni;
    const j = Math.floor(n / ni) % nj;
    relax(n, i < ni - 1, n + 1, si);
    relax(n, j < nj - 1, n + ni, sj);
    relax(n, n < ni * nj * (nk - 1), n + ni * nj, sk);
    if (deepest < 0 || depth[n]! > depth[deepest]!) deepest = n;
  }
  if (deepest < 0) return undefined;
  const { minIjk } = mask.box;
  const indexIjk: Vector3 = [
    minIjk[0] + (deepest % ni),
    minIjk[1] + (Math.floor(deepest / ni) % nj),
    minIjk[2] + Math.floor(deepest / (ni * nj)),
  ];
  return { pointLps: pointLpsOf(geometry, indexIjk), depthMm: depth[deepest] ?? 0 };
}

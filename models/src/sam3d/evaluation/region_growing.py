"""A baseline: confidence-connected region growing, as in ITK, in the same cube as the model."""

import numpy as np
from scipy import ndimage

from sam3d.data.clicks import CONNECT_26

MULTIPLIER = 2.5  # of the deviation; ITK's default
ITERATIONS = 4
SEED_RADIUS = 2
LEAKED_SHARE = 0.3  # of the cube: a larger piece lowers the multiplier
LOWERED_BY = 0.75
LOWEST_MULTIPLIER = 0.5


def grown(smooth: np.ndarray, seeds: list[tuple[int, ...]], multiplier: float) -> np.ndarray:
    """smooth (n, n, n), seeds (k, j, i) → (n, n, n) bool"""
    r = SEED_RADIUS
    near = [smooth[tuple(slice(max(0, c - r), c + r + 1) for c in seed)].ravel() for seed in seeds]
    values = np.concatenate(near)
    mask = np.zeros(smooth.shape, bool)
    for _ in range(ITERATIONS):
        spread = multiplier * max(float(values.std()), 1e-3)
        candidates = np.abs(smooth - float(values.mean())) <= spread
        for seed in seeds:
            candidates[seed] = True
        labels, _ = ndimage.label(candidates, CONNECT_26)
        mask = np.isin(labels, [labels[seed] for seed in seeds])
        values = smooth[mask]
    return mask


def nearer_to_include(
    shape: tuple[int, ...], seeds: list[tuple[int, ...]], excluded: list[tuple[int, ...]]
) -> np.ndarray:
    """(n, n, n) bool: what an excluded point is nearest to is not grown into"""
    grid = np.indices(shape, np.float32)

    def distance(points: list[tuple[int, ...]]) -> np.ndarray:
        squared = [sum((grid[a] - p[a]) ** 2 for a in range(3)) for p in points]
        return np.minimum.reduce(squared)

    return distance(seeds) < distance(excluded)


def without_noise(image: np.ndarray) -> np.ndarray:
    """(n, n, n) → same; keeps edges, as the curvature flow that ITK's examples put before growing does"""
    return ndimage.median_filter(image, 3)


def region_growing(smooth: np.ndarray, coords: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """smooth (n, n, n), coords (N, 3) voxel (i, j, k), labels (N,) → (n, n, n) bool"""
    top = smooth.shape[0] - 1
    voxels = [tuple(int(v) for v in np.clip(np.round(c[::-1]), 0, top)) for c in coords]
    seeds = [v for v, label in zip(voxels, labels, strict=True) if label > 0.5]
    excluded = [v for v, label in zip(voxels, labels, strict=True) if label <= 0.5]
    multiplier = MULTIPLIER
    mask = grown(smooth, seeds, multiplier)
    while mask.mean() > LEAKED_SHARE and multiplier > LOWEST_MULTIPLIER:
        multiplier *= LOWERED_BY
        mask = grown(smooth, seeds, multiplier)
    return mask & nearer_to_include(mask.shape, seeds, excluded) if excluded else mask


class RegionGrowing:
    """cube (n, n, n) of raw intensities, inside (n, n, n) bool: which voxels lie in the volume"""

    def __init__(self, cube: np.ndarray, inside: np.ndarray) -> None:
        self.smooth, self.inside = without_noise(cube), inside

    def __call__(self, coords: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """coords (N, 3) voxel (i, j, k), labels (N,) → (n, n, n), positive in the segment"""
        return np.where(region_growing(self.smooth, coords, labels) & self.inside, 1, -1)

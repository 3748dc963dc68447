"""Points in a region's voxel space, as the model is told of them."""

import numpy as np

from sam3d.data.region import CUBE
from sam3d.model.refinement import clicked_voxels

Points = tuple[np.ndarray, np.ndarray]  # (N, 3) voxel (i, j, k), and (N,): 1 include, 0 exclude


def in_region(coords: np.ndarray) -> np.ndarray:
    """(…, 3) → (…) bool"""
    return np.all((coords >= -0.5) & (coords <= CUBE - 0.5), axis=-1)


def including(points: Points, voxel: np.ndarray) -> Points:
    """And an include point at a voxel (3,)"""
    return np.concatenate([points[0], voxel[None]]), np.append(points[1], 1.0)


def obeyed(logits: np.ndarray, points: Points) -> int:
    """How many of the points an answer (n, n, n) does as they say"""
    inside = logits.ravel()[clicked_voxels(points[0], logits.shape)] > 0
    return int(np.count_nonzero(inside == (points[1] > 0.5)))

"""Points in a region's voxel space, as the model is told of them."""

import numpy as np

from sam3d.data.region import CUBE

Points = tuple[np.ndarray, np.ndarray]  # (N, 3) voxel (i, j, k), and (N,): 1 include, 0 exclude


def in_region(coords: np.ndarray) -> np.ndarray:
    """(…, 3) → (…) bool"""
    return np.all((coords >= -0.5) & (coords <= CUBE - 0.5), axis=-1)


def including(points: Points, voxel: np.ndarray) -> Points:
    """And an include point at a voxel (3,)"""
    return np.concatenate([points[0], voxel[None]]), np.append(points[1], 1.0)

"""Correction clicks as a reader makes them: inside the largest error, near its middle."""

from typing import NamedTuple

import numpy as np
from scipy import ndimage

CARELESS_SHARE = 0.15  # clicks anywhere in the error
SMALLEST_ERROR_VOXELS = 2  # at half resolution
CONNECT_26 = np.ones((3, 3, 3), bool)


class Click(NamedTuple):
    voxel: np.ndarray  # (3,) (k, j, i)
    include: bool


def correction_click(predicted: np.ndarray, target: np.ndarray, rng: np.random.Generator) -> Click | None:
    """(n, n, n) bool each; looked for at half resolution. None where nothing is left to correct."""
    error = (predicted != target)[::2, ::2, ::2]
    labels, count = ndimage.label(error, CONNECT_26)
    if count == 0:
        return None
    sizes = np.bincount(labels.ravel())[1:]
    if sizes.max() < SMALLEST_ERROR_VOXELS:
        return None
    # mostly the largest error, sometimes another large one
    order = np.argsort(-sizes)[:3]
    chosen = order[0] if rng.random() < 0.8 else order[rng.integers(len(order))]
    box = ndimage.find_objects(labels)[chosen]
    component = labels[box] == chosen + 1
    if rng.random() < CARELESS_SHARE:
        voxels = np.argwhere(component)
    else:
        depth = ndimage.distance_transform_edt(np.pad(component, 1))[1:-1, 1:-1, 1:-1]
        voxels = np.argwhere(depth >= 0.7 * depth.max())
    voxel = (voxels[rng.integers(len(voxels))] + [s.start for s in box]) * 2
    return Click(voxel, bool(target[tuple(voxel)]))

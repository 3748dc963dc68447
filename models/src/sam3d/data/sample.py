"""One training sample, before clicks."""

from typing import NamedTuple

import numpy as np


class RawSample(NamedTuple):
    """n is the cube's edge; arrays are k-j-i."""

    image: np.ndarray  # (n, n, n) float32, raw intensities
    inside: np.ndarray  # (n, n, n) bool: in the volume
    target: np.ndarray  # (n, n, n) bool
    click: np.ndarray  # (3,) voxel index (k, j, i) of the first click, inside the target
    fitted: bool  # the cube was cut around the object, not around the click
    outside_voxels: float  # of the object, beyond the cube or too thin to show in it


class Sample(NamedTuple):
    image: np.ndarray  # (2, n, n, n) float32, normalised
    target: np.ndarray  # (n, n, n) bool
    click: np.ndarray  # (3,) voxel index (k, j, i)
    outside_voxels: float  # of the object, beyond the cube or too thin to show in it
    hint: np.ndarray | None  # (n, n, n) bool: what an earlier look found

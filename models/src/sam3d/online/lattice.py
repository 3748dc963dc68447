"""Every second voxel of a region: where the auxiliary model looks and answers."""

import numpy as np

STEP = 2  # voxels of the region
MEAN_VOXELS = 5  # the side of a local mean


def on_lattice(values: np.ndarray) -> np.ndarray:
    """(n, n, n) → (n / 2, n / 2, n / 2)"""
    return values[::STEP, ::STEP, ::STEP]


def local_means(values: np.ndarray) -> np.ndarray:
    """(n, n, n) → means of the cubes about the lattice's voxels (n / 2, n / 2, n / 2); beyond the region its
    outermost voxels go on"""
    means = values.astype(np.float64)
    reach = MEAN_VOXELS // 2
    for axis, length in enumerate(values.shape):
        places = np.arange(0, length, STEP)
        shifted = [np.clip(places + shift, 0, length - 1) for shift in range(-reach, reach + 1)]
        means = sum(means.take(indices, axis) for indices in shifted) / MEAN_VOXELS
    return means


def off_lattice(values: np.ndarray) -> np.ndarray:
    """(m, m, m) → (2 m, 2 m, 2 m), linear between the lattice's voxels; the last one goes on"""
    for axis in range(3):
        length = values.shape[axis]
        following = values.take(np.minimum(np.arange(length) + 1, length - 1), axis)
        between = np.stack([values, (values + following) / 2], axis + 1)
        shape = list(values.shape)
        shape[axis] *= 2
        values = between.reshape(shape)
    return values

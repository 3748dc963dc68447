"""Axis-aligned resampling of a volume onto a cube, as three small matrix products.

A cube voxel is the mean of the volume over an interval as wide as the larger of the two voxels: area
averaging where the cube is coarser, linear interpolation where it is finer. The server does the same.
"""

from typing import NamedTuple

import numpy as np


class CubeAxis(NamedTuple):
    """Where a cube's voxels lie along one axis of a volume, in the volume's voxel indices."""

    centre: float  # of the cube; voxel centres at integers
    step: float  # cube voxel / volume voxel


class AxisWeights(NamedTuple):
    source: slice  # the part of the volume that is needed
    weights: np.ndarray  # (n, length of source)
    inside: np.ndarray  # (n,) bool: the voxel's centre lies in the volume, edge to edge


def axis_weights(length: int, axis: CubeAxis, cube: int) -> AxisWeights:
    centres = axis.centre + 0.5 + (np.arange(cube) - (cube - 1) / 2) * axis.step  # voxel m covers [m, m + 1)
    inside = (centres >= 0) & (centres <= length)
    half_width = max(1.0, axis.step) / 2
    clamped = np.clip(centres, 0, length)
    low = np.maximum(clamped - half_width, 0)[:, None]
    high = np.minimum(clamped + half_width, length)[:, None]
    first, last = int(low.min()), min(int(np.ceil(high.max())), length)
    edges = np.arange(first, last)
    overlap = np.minimum(high, edges + 1) - np.maximum(low, edges)
    weights = np.maximum(overlap, 0) / (high - low)
    return AxisWeights(slice(first, last), weights.astype(np.float32), inside)


def apply_weights(source: np.ndarray, weights: list[AxisWeights]) -> np.ndarray:
    """source: the needed part of the volume, (K, J, I) → (n, n, n) float32"""
    values = np.tensordot(weights[0].weights, source.astype(np.float32), (1, 0))  # (n, J, I)
    values = np.matmul(weights[1].weights, values)  # (n, n, I)
    return np.matmul(values, weights[2].weights.T)  # (n, n, n)


def inside_cube(weights: list[AxisWeights]) -> np.ndarray:
    k, j, i = (w.inside for w in weights)
    return k[:, None, None] & j[None, :, None] & i[None, None, :]

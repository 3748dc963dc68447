"""Logits of a region → a mask on the volume's own grid."""

from typing import NamedTuple

import numpy as np

from sam3d.data.region import CUBE, Region
from sam3d.data.region_image import Volume


class GridAxis(NamedTuple):
    covered: slice  # the volume's voxels whose centres lie in the region
    weights: np.ndarray  # (covered, CUBE): linear interpolation at their centres


def grid_axis(length: int, spacing_mm: float, corner: int, region_spacing_mm: float) -> GridAxis:
    position = (np.arange(length) + 0.5) * spacing_mm / region_spacing_mm - corner - 0.5
    covered = np.flatnonzero((position >= -0.5) & (position < CUBE - 0.5))
    if covered.size == 0:
        return GridAxis(slice(0, 0), np.zeros((0, CUBE), np.float32))
    clamped = np.clip(position[covered], 0, CUBE - 1)
    low = np.minimum(clamped.astype(np.int64), CUBE - 2)
    weights = np.zeros((covered.size, CUBE), np.float32)
    rows = np.arange(covered.size)
    weights[rows, low] = 1 - (clamped - low)
    weights[rows, low + 1] = clamped - low
    return GridAxis(slice(int(covered[0]), int(covered[-1]) + 1), weights)


def covered_axes(volume: Volume, region: Region) -> list[GridAxis]:
    return [
        grid_axis(length, float(volume.spacing_mm[a]), region.corner[2 - a], region.spacing_mm)
        for a, length in enumerate(volume.voxels.shape)
    ]


def native_mask(logits: np.ndarray, volume: Volume, region: Region) -> np.ndarray:
    """logits (n, n, n) → (K, J, I) bool, False outside the region"""
    axes = covered_axes(volume, region)
    values = np.tensordot(axes[0].weights, logits, (1, 0))
    values = np.matmul(axes[1].weights, values)
    values = np.matmul(values, axes[2].weights.T)
    mask = np.zeros(volume.voxels.shape, bool)
    mask[tuple(axis.covered for axis in axes)] = values > 0
    return mask


def covered_by(volume: Volume, region: Region) -> np.ndarray:
    """→ (K, J, I) bool: voxels whose centres lie in the region"""
    mask = np.zeros(volume.voxels.shape, bool)
    mask[tuple(axis.covered for axis in covered_axes(volume, region))] = True
    return mask


def mask_logits(mask: np.ndarray, volume: Volume, region: Region, confidence: float) -> np.ndarray:
    """(K, J, I) bool → (n, n, n) ±confidence, of the voxel that each cube voxel's centre lies in"""
    indices = []
    outside = []
    for axis, length in enumerate(mask.shape):
        position = (np.arange(CUBE) + 0.5 + region.corner[2 - axis]) * region.spacing_mm
        index = np.floor(position / volume.spacing_mm[axis]).astype(np.int64)
        outside.append((index < 0) | (index >= length))
        indices.append(np.clip(index, 0, length - 1))
    seen = mask[np.ix_(*indices)].copy()
    for axis, beyond in enumerate(outside):
        seen[(slice(None),) * axis + (beyond,)] = False
    return np.where(seen, confidence, -confidence).astype(np.float32)

"""A whole volume through cubes: where they lie, how they are weighted, and back to the volume's own grid.

The server does the same arithmetic. Level voxels: cells of one spacing, the first beginning at the volume's
low edge corner, as the voxels of regions.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np

from .region import CUBE, Region
from .region_image import Volume

CUT_OFF_VOXELS = 1e-6  # of a level voxel: rounding, no further voxel
SIGMA = 1 / 8  # of the cube's edge: its middle is trusted, its rim knows too little around it
LEAST_WEIGHT = 1e-3
# Of all channels and the sums of the weights together: a server segments no series that takes more.
MOST_PROBABILITIES = 2**28

# Region → probabilities (classes and background, n, n, n) in its cube
Predictor = Callable[[Region], np.ndarray]


@dataclass(frozen=True)
class Plan:
    spacing_mm: float
    cube_voxels: int = CUBE
    overlap: float = 0.5  # of neighbouring cubes, in their edge


def level_length(extent_mm: float, spacing_mm: float) -> int:
    """Voxels that cover the volume along an axis"""
    return math.ceil(extent_mm / spacing_mm - CUT_OFF_VOXELS)


def axis_corners(length: int, plan: Plan) -> list[int]:
    """Of the cubes along an axis of so many level voxels; a shorter axis is in the middle of its one cube"""
    beyond = length - plan.cube_voxels
    if beyond <= 0:
        return [beyond // 2]
    stride = max(1, math.floor(plan.cube_voxels * (1 - plan.overlap) + 0.5))
    last = math.ceil(beyond / stride)
    return [math.floor(m * beyond / last + 0.5) for m in range(last + 1)]


def cube_weights(edge: int) -> np.ndarray:
    """→ (n, n, n) float64: a Gaussian about the cube's centre with a floor"""
    axis = np.exp(-0.5 * ((np.arange(edge) - (edge - 1) / 2) / (SIGMA * edge)) ** 2)
    return np.maximum(axis[:, None, None] * axis[None, :, None] * axis[None, None, :], LEAST_WEIGHT)


def softmax(logits: np.ndarray) -> np.ndarray:
    """Over the first axis"""
    exponentials = np.exp(logits - logits.max(0))
    return exponentials / exponentials.sum(0)


def level_shape(volume: Volume, plan: Plan) -> tuple[int, ...]:
    """Along k, j, i"""
    return tuple(level_length(float(extent), plan.spacing_mm) for extent in volume.extent_mm)


def can_be_served(volume: Volume, plan: Plan, channels: int) -> bool:
    """channels: the classes and the background"""
    return math.prod(level_shape(volume, plan)) * (channels + 1) <= MOST_PROBABILITIES


def regions_of(shape: tuple[int, ...], plan: Plan, shift_voxels: int = 0) -> list[Region]:
    """shape of the level, along k, j, i; the cubes' i runs fastest. shift_voxels: what they cover beyond the
    level, behind its end, or below 0 ahead of its beginning"""
    axes = (axis_corners(length + abs(shift_voxels), plan) for length in shape)
    corners = product(*([corner + min(0, shift_voxels) for corner in axis] for axis in axes))
    return [Region(plan.spacing_mm, (i, j, k)) for k, j, i in corners]


def fused_probabilities(
    shape: tuple[int, ...], plan: Plan, predict: Predictor, shift_voxels: int = 0
) -> np.ndarray:
    """→ (classes and background, *shape) float32: weighted means of what the cubes say of each level voxel"""
    weight = cube_weights(plan.cube_voxels).astype(np.float32)
    total = np.zeros(shape, np.float32)
    fused: np.ndarray | None = None
    for region in regions_of(shape, plan, shift_voxels):
        corner = region.corner[::-1]
        seen = tuple(slice(max(0, c), c + plan.cube_voxels) for c in corner)
        own = tuple(
            slice(s.start - c, min(s.stop, n) - c) for s, c, n in zip(seen, corner, shape, strict=True)
        )
        probabilities = predict(region)
        if fused is None:
            fused = np.zeros((len(probabilities), *shape), np.float32)
        fused[(slice(None), *seen)] += weight[own] * probabilities[(slice(None), *own)]
        total[seen] += weight[own]
    assert fused is not None
    return fused / total


def linear_weights(length: int, spacing_mm: float, level: int, level_spacing_mm: float) -> np.ndarray:
    """→ (length, level): linear interpolation at the volume's voxel centres, clamped"""
    position = (np.arange(length) + 0.5) * spacing_mm / level_spacing_mm - 0.5
    position = np.clip(position, 0, level - 1)
    low = np.minimum(position.astype(np.int64), max(0, level - 2))
    weights = np.zeros((length, level), np.float32)
    rows = np.arange(length)
    weights[rows, low] = 1 - (position - low)
    weights[rows, np.minimum(low + 1, level - 1)] += position - low
    return weights


def native_labelmap(fused: np.ndarray, volume: Volume, plan: Plan) -> np.ndarray:
    """fused (classes and background, *level) → (K, J, I) uint8, 0 is background; of equals the first wins"""
    axes = [
        linear_weights(length, float(spacing), level, plan.spacing_mm)
        for length, spacing, level in zip(
            volume.voxels.shape, volume.spacing_mm, fused.shape[1:], strict=True
        )
    ]
    best = np.full(volume.voxels.shape, -np.inf, np.float32)
    labelmap = np.zeros(volume.voxels.shape, np.uint8)
    for channel, of_class in enumerate(fused):  # one at a time: memory does not grow with the classes
        values = np.tensordot(axes[0], of_class, (1, 0))
        values = np.matmul(np.matmul(axes[1], values), axes[2].T)
        higher = values > best
        labelmap[higher] = channel
        best[higher] = values[higher]
    return labelmap


def segment(volume: Volume, plan: Plan, predict: Predictor) -> np.ndarray:
    """→ (K, J, I) uint8: 1-based classes"""
    return native_labelmap(fused_probabilities(level_shape(volume, plan), plan, predict), volume, plan)

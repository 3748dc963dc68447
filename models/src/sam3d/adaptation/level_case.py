"""A case at the spacing of the plan, resampled once before learning."""

from typing import NamedTuple

import numpy as np

from sam3d.data.resample import CubeAxis, apply_weights, axis_weights
from sam3d.data.sliding_window import Plan, level_shape

from .cases import TaskCase

POINTS_PER_CLASS = 2000  # places that cubes are drawn around


class LevelCase(NamedTuple):
    image: np.ndarray  # (K, J, I) float32, raw intensities
    labels: np.ndarray  # (K, J, I) uint8
    points: dict[int, np.ndarray]  # by class: (m, 3) voxels (k, j, i) of it


def level_case(case: TaskCase, plan: Plan) -> LevelCase:
    shape = level_shape(case.volume, plan)
    weights = []
    for length, spacing_mm, cells in zip(case.labels.shape, case.volume.spacing_mm, shape, strict=True):
        step = plan.spacing_mm / float(spacing_mm)
        weights.append(axis_weights(length, CubeAxis(cells / 2 * step - 0.5, step), cells))
    needed = tuple(axis.source for axis in weights)
    best = np.full(shape, 0.5, np.float32)  # what less than half of a voxel is filled with is background
    labels = np.zeros(shape, np.uint8)
    for value in np.unique(case.labels[case.labels > 0]):
        share = apply_weights(case.labels[needed] == value, weights)
        labels[share >= best] = value
        best = np.maximum(best, share)
    return LevelCase(apply_weights(case.volume.voxels[needed], weights), labels, points_of(labels))


def points_of(labels: np.ndarray) -> dict[int, np.ndarray]:
    rng = np.random.default_rng(0)
    found = {}
    for value in np.unique(labels[labels > 0]):
        voxels = np.argwhere(labels == value)
        found[int(value)] = voxels[rng.permutation(len(voxels))[:POINTS_PER_CLASS]]
    return found

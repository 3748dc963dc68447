"""A case at the spacing of the plan, resampled once before learning."""

from typing import NamedTuple

import numpy as np

from sam3d.data.resample import CubeAxis, apply_weights, axis_weights
from sam3d.data.sliding_window import Plan, level_shape

from .brightness import Brightness, brightness_of
from .cases import TaskCase
from .kept_on_disk import kept_on_disk

HALF = 0.5  # of a voxel: what less is filled with is background, and of what less is known nothing is
POINTS_PER_CLASS = 2000  # places that cubes are drawn around


class LevelCase(NamedTuple):
    image: np.ndarray  # (K, J, I) float32, raw intensities
    labels: np.ndarray  # (K, J, I) uint8
    points: dict[int, np.ndarray]  # by class: (m, 3) voxels (k, j, i) of it
    brightness: Brightness  # of the image: a large one takes seconds to sort
    known: np.ndarray | None = None  # (K, J, I) bool, beyond which there are no labels; None: all is known


def level_case(case: TaskCase, plan: Plan) -> LevelCase:
    shape = level_shape(case.volume, plan)
    weights = []
    for length, spacing_mm, cells in zip(case.labels.shape, case.volume.spacing_mm, shape, strict=True):
        step = plan.spacing_mm / float(spacing_mm)
        weights.append(axis_weights(length, CubeAxis(cells / 2 * step - 0.5, step), cells))
    needed = tuple(axis.source for axis in weights)
    known = None if case.unseen is None else apply_weights(~case.unseen[needed], weights)
    # Of a voxel of which a part is known, that part tells what it is.
    best = np.full(shape, HALF, np.float32) if known is None else HALF * known
    labels = np.zeros(shape, np.uint8)
    for value in np.unique(case.labels[case.labels > 0]):
        share = apply_weights(case.labels[needed] == value, weights)
        labels[share >= best] = value
        best = np.maximum(best, share)
    image = apply_weights(case.volume.voxels[needed], weights)
    brightness, image = brightness_of(image), kept_on_disk(image)
    if known is None:
        return LevelCase(image, labels, points_of(labels), brightness)
    labels[known < HALF] = 0
    return LevelCase(image, labels, points_of(labels), brightness, known >= HALF)


def points_of(labels: np.ndarray) -> dict[int, np.ndarray]:
    rng = np.random.default_rng(0)
    found = {}
    for value in np.unique(labels[labels > 0]):
        voxels = np.argwhere(labels == value)
        found[int(value)] = voxels[rng.permutation(len(voxels))[:POINTS_PER_CLASS]]
    return found

"""Clicks and boxes of the evaluation, on the volume's own grid; distances in mm."""

from typing import NamedTuple

import numpy as np
from scipy import ndimage

from sam3d.data.clicks import CONNECT_26

FIRST_CLICK_DEPTH = 0.75  # of the greatest: near the middle, not at it
LOOSE_SHARE = 0.05  # of a box's side, at most, on each side
LOOSE_VOXELS = 1.0


class GridClick(NamedTuple):
    voxel: np.ndarray  # (3,) (k, j, i), centres at integers
    include: bool

    @property
    def place(self) -> tuple[int, ...]:
        """(k, j, i) of the voxel that it lies in"""
        return tuple(np.floor(np.asarray(self.voxel) + 0.5).astype(int).tolist())


class GridBox(NamedTuple):
    low_voxel: np.ndarray  # (3,) (k, j, i), inclusive, as is the other corner
    high_voxel: np.ndarray


def depth_of(mask: np.ndarray, spacing_mm: np.ndarray) -> np.ndarray:
    """mm to the nearest voxel outside the mask; the array's border counts as outside"""
    return ndimage.distance_transform_edt(np.pad(mask, 1), spacing_mm)[1:-1, 1:-1, 1:-1]


def largest_component(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """→ the component cut to its box, and the box's low corner (k, j, i)"""
    labels, _ = ndimage.label(mask, CONNECT_26)
    chosen = int(np.argmax(np.bincount(labels.ravel())[1:])) + 1
    box = ndimage.find_objects(labels)[chosen - 1]
    return labels[box] == chosen, np.array([s.start for s in box])


def first_click(truth: np.ndarray, spacing_mm: np.ndarray, rng: np.random.Generator) -> GridClick:
    component, low = largest_component(truth)
    depth = depth_of(component, spacing_mm)
    voxels = np.argwhere(depth >= FIRST_CLICK_DEPTH * depth.max())
    return GridClick(voxels[rng.integers(len(voxels))] + low, True)


def next_click(
    mask: np.ndarray, truth: np.ndarray, clickable: np.ndarray, spacing_mm: np.ndarray
) -> GridClick | None:
    """The deepest voxel of the largest error that lies in the region; None without an error."""
    error = (mask != truth) & clickable
    if not error.any():
        return None
    component, low = largest_component(error)
    depth = depth_of(component, spacing_mm)
    voxel = np.array(np.unravel_index(int(depth.argmax()), depth.shape)) + low
    return GridClick(voxel, bool(truth[tuple(voxel)]))


def drawn_box(truth: np.ndarray, rng: np.random.Generator) -> GridBox:
    """About the truth, each face a little too far out, but in the volume"""
    voxels = np.argwhere(truth)
    low, high = voxels.min(0), voxels.max(0)
    loose = LOOSE_SHARE * (high - low + 1) * rng.random((2, 3)) + LOOSE_VOXELS * rng.random((2, 3))
    outward = np.floor(loose + 0.5).astype(int)
    return GridBox(np.maximum(low - outward[0], 0), np.minimum(high + outward[1], np.array(truth.shape) - 1))

"""Scribbles, lassos and boxes of the evaluation, drawn in one slice, on the volume's own grid."""

from typing import NamedTuple

import numpy as np
from scipy import ndimage

from .outline import outer_outline
from .simulated_reader import GridClick, drawn_box

AS_FINE = 1.1  # slices across an axis of nearly the widest spacing are looked at as readily
STROKE_SHARE = (0.5, 0.9)  # of the way to the border, on each side
STROKE_STEP_VOXELS = 0.1
OFF_SHARE = 0.03  # of a section's diameter: how far an outline misses it, usually
OFF_WAVES = 3  # a hand drifts slowly: so many waves around, at most


class GridPath(NamedTuple):
    """A scribble, or the outline of a lasso"""

    voxels: np.ndarray  # (m, 3) (k, j, i), centres at integers
    include: bool


class GridSliceBox(NamedTuple):
    """The structure goes on beyond the slice that it is drawn in"""

    low_voxel: np.ndarray  # (3,) (k, j, i), inclusive, as is the other corner
    high_voxel: np.ndarray
    axis: int  # of k, j, i, across the slice


class Section(NamedTuple):
    """What is meant, in the slice through a voxel"""

    axis: int  # of k, j, i, across the slice
    voxel: np.ndarray  # (3,) (k, j, i)
    area: np.ndarray  # (A, B) bool, one piece that holds the voxel, on the other two axes

    @property
    def middle(self) -> np.ndarray:
        """(2,) the voxel in the slice"""
        return np.delete(self.voxel, self.axis)

    def in_volume(self, points: np.ndarray) -> np.ndarray:
        """(m, 2) → (m, 3) (k, j, i)"""
        return np.insert(points, self.axis, float(self.voxel[self.axis]), axis=1)


def slice_axis(spacing_mm: np.ndarray, rng: np.random.Generator) -> int:
    """spacing_mm (3,) → of k, j, i: readers look at the finest slices; where all are as fine, at any"""
    across = np.flatnonzero(spacing_mm * AS_FINE >= spacing_mm.max())
    return int(across[rng.integers(len(across))])


def section_of(
    meant: np.ndarray, voxel: np.ndarray, spacing_mm: np.ndarray, rng: np.random.Generator
) -> Section:
    """meant (K, J, I) bool, voxel (3,) (k, j, i) in it"""
    axis = slice_axis(spacing_mm, rng)
    labels, _ = ndimage.label(meant.take(int(voxel[axis]), axis))
    return Section(axis, voxel, labels == labels[tuple(np.delete(voxel, axis))])


def error_at(mask: np.ndarray, truth: np.ndarray, click: GridClick) -> np.ndarray:
    """→ (K, J, I) bool: all that is wrong in the way that a click corrects"""
    return (mask != truth) & (truth == click.include)


def drawn_scribble(section: Section, include: bool, rng: np.random.Generator) -> GridPath:
    """A straight stroke through the voxel, in any direction, that stays within the section"""
    angle = rng.uniform(0, 2 * np.pi)
    direction = np.array([np.cos(angle), np.sin(angle)])
    ends = [
        sign * rng.uniform(*STROKE_SHARE) * way_within(section, sign * direction) * direction
        for sign in (-1, 1)
    ]
    return GridPath(section.in_volume(section.middle + np.array(ends)), include)


def way_within(section: Section, direction: np.ndarray) -> float:
    """Voxels from the section's voxel along a direction (2,) to its border"""
    steps = np.arange(1, int(np.hypot(*section.area.shape) / STROKE_STEP_VOXELS)) * STROKE_STEP_VOXELS
    places = np.floor(section.middle + steps[:, None] * direction + 0.5).astype(int)
    within = np.all((places >= 0) & (places < section.area.shape), axis=1)
    within[within] = section.area[tuple(places[within].T)]
    return float(steps[within.argmin() - 1]) if within[0] and not within.all() else 0.0


def drawn_lasso(section: Section, include: bool, rng: np.random.Generator) -> GridPath:
    """About the section, slightly off"""
    outline = outer_outline(section.area)
    diameter = 2 * np.sqrt(np.count_nonzero(section.area) / np.pi)
    around = np.arange(len(outline)) / len(outline)
    for wave in range(1, OFF_WAVES + 1):
        size = rng.normal(0, OFF_SHARE * diameter / np.sqrt(OFF_WAVES), 2)
        outline = outline + size * np.cos(2 * np.pi * (wave * around[:, None] + rng.random(2)))
    return GridPath(section.in_volume(outline), include)


def drawn_slice_box(
    truth: np.ndarray, voxel: np.ndarray, spacing_mm: np.ndarray, rng: np.random.Generator
) -> GridSliceBox:
    """About all of the truth in the slice through a voxel (k, j, i), as loose as a box in space"""
    axis = slice_axis(spacing_mm, rng)
    place = int(voxel[axis])
    seen = np.zeros_like(truth)
    np.moveaxis(seen, axis, 0)[place] = np.moveaxis(truth, axis, 0)[place]
    low, high = drawn_box(seen, rng)
    low[axis] = high[axis] = place
    return GridSliceBox(low, high, axis)

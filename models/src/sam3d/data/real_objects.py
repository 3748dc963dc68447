"""Samples of labelled volumes."""

from typing import NamedTuple

import numpy as np
from scipy import ndimage

from .label_synthesis import (
    FIRST_EXTRACEREBRAL,
    FREESURFER_SOURCE,
    contrast_changed,
    labels_with_background,
    painted,
)
from .lesions import with_lesion
from .normalisation import clamped, value_range_of
from .random_fields import blurred
from .resample import CubeAxis, apply_weights, axis_weights, inside_cube
from .sample import RawSample
from .view import View, draw_view, large_enough
from .volume_store import LabelledObject, StoredVolume
from .warp import MARGIN, WARP_SHARE, draw_warp

CARELESS_SHARE = 0.1  # first clicks anywhere in the object
MANY_LABELS = 8  # of a volume most of which is labelled
PAINTED_SHARE = 0.25  # of those: its labels are painted in other colours
FEW_LABELS_PAINTED_SHARE = 0.12  # of the others, whose surroundings are painted by intensity
TORSO_SOURCES = ("totalsegmentator",)
CONTRAST_SHARE = 0.4
LESION_SHARE = 0.3
MERGED_SHARE = 0.3  # of painted structures: two neighbours become one, of a shape that no patient has
CONNECTED_SHARE = 0.95  # of a merged structure that is in one piece


class Cut(NamedTuple):
    """The part of a volume in a cube; arrays (m, m, m)"""

    image: np.ndarray  # float32
    inside: np.ndarray  # bool
    occupied: np.ndarray  # float32: share of the voxel that the object fills


def draw_object(volume: StoredVolume, rng: np.random.Generator) -> LabelledObject:
    """Large organs more often than the many small bones and vessels."""
    sides = np.array([o.high - o.low + 1 for o in volume.objects], np.float64).prod(1) ** (1 / 3)
    if volume.source == FREESURFER_SOURCE:  # tissue classes around the brain are no structures
        sides[[o.values[0] >= FIRST_EXTRACEREBRAL for o in volume.objects]] = 0
    return volume.objects[rng.choice(len(sides), p=sides / sides.sum())]


def merged_with_neighbour(
    volume: StoredVolume, target: LabelledObject, rng: np.random.Generator
) -> LabelledObject | None:
    """None where no other structure's box meets the target's"""
    neighbours = [
        other
        for other in volume.objects
        if not set(other.values) & set(target.values)
        and not (volume.source == FREESURFER_SOURCE and other.values[0] >= FIRST_EXTRACEREBRAL)
        and np.all(other.low <= target.high + 1)
        and np.all(other.high >= target.low - 1)
    ]
    if not neighbours:
        return None
    other = neighbours[rng.integers(len(neighbours))]
    return LabelledObject(
        target.values + other.values,
        np.minimum(target.low, other.low),
        np.maximum(target.high, other.high),
        target.interior,
        target.size_voxels + other.size_voxels,
    )


def in_one_piece(mask: np.ndarray) -> bool:
    labels, _ = ndimage.label(mask)
    sizes = np.bincount(labels.ravel())[1:]
    return sizes.size > 0 and bool(sizes.max() >= CONNECTED_SHARE * sizes.sum())


def cut_out(
    volume: StoredVolume,
    target: LabelledObject,
    view: View,
    size: int,
    rng: np.random.Generator,
    paint: bool,
) -> Cut:
    axes = [CubeAxis(c, s) for c, s in zip(view.centre, view.step, strict=True)]
    weights = [axis_weights(n, axis, size) for n, axis in zip(volume.shape, axes, strict=True)]
    needed = tuple(w.source for w in weights)
    assert volume.label is not None
    labels = np.asarray(volume.label[needed])
    occupied = apply_weights(np.isin(labels, target.values), weights)
    cube_labels = labels[np.ix_(*(np.argmax(w.weights, 1) for w in weights))]
    if volume.image is None:
        image = painted(cube_labels, volume.source, rng, target.values)
        image = blurred(image, int(rng.integers(0, 2)))
    else:
        image = clamped(apply_weights(volume.image[needed], weights), value_range_of(volume.modality))
        if paint:
            image = painted(
                labels_with_background(image, cube_labels, rng), volume.source, rng, target.values
            )
        elif volume.source in TORSO_SOURCES and rng.random() < CONTRAST_SHARE:
            image = contrast_changed(image, cube_labels, rng)
    return Cut(image, inside_cube(weights), occupied)


def object_sample(volume: StoredVolume, cube: int, rng: np.random.Generator) -> RawSample | None:
    """A cube around one labelled object; None where too little of it is visible."""
    target = draw_object(volume, rng)
    painted_share = PAINTED_SHARE if len(volume.objects) >= MANY_LABELS else FEW_LABELS_PAINTED_SHARE
    paint = volume.image is None or rng.random() < painted_share
    merged = merged_with_neighbour(volume, target, rng) if paint and rng.random() < MERGED_SHARE else None
    target = merged or target
    click_voxel = target.interior[rng.integers(len(target.interior))] + rng.uniform(-0.5, 0.5, 3)
    view = draw_view(volume, target, click_voxel, cube, rng)
    warped = rng.random() < WARP_SHARE
    size = 2 * round(cube * (0.5 + MARGIN)) if warped else cube
    image, inside, occupied = cut_out(volume, target, view, size, rng, paint)
    click = np.round((click_voxel - view.centre) / view.step + (size - 1) / 2)
    if warped:
        warp = draw_warp(rng, cube, size)
        image, moved_inside, occupied = warp.moved([image, inside, occupied])
        inside, click = moved_inside > 0.5, warp.nearest(click)
    mask = (occupied >= 0.5) & inside
    if not large_enough(mask, view.fitted) or (merged and not in_one_piece(mask)):
        return None
    visible_voxels = float(mask.sum())
    outside_voxels = max(0.0, target.size_voxels / float(np.prod(view.step)) - visible_voxels)
    # thresholding partial volume loses and gains a little, which is not the object leaving the cube
    outside_voxels = outside_voxels if outside_voxels > 0.1 * visible_voxels else 0.0
    sample = RawSample(image, inside, mask, click_in(mask, click, rng), view.fitted, outside_voxels)
    if volume.source in TORSO_SOURCES and rng.random() < LESION_SHARE:
        sample = with_lesion(sample, rng) or sample
    return sample


def click_in(mask: np.ndarray, click: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The click (k, j, i) where it falls into the mask, mostly; else another voxel of the mask."""
    voxel = click.astype(np.int64)
    beyond = np.any(voxel < 0) or np.any(voxel >= mask.shape[0])
    if beyond or not mask[tuple(voxel)] or rng.random() < CARELESS_SHARE:
        voxels = np.flatnonzero(mask)
        voxel = np.array(np.unravel_index(voxels[rng.integers(voxels.size)], mask.shape))
    return voxel

"""Samples of labelled volumes."""

import numpy as np

from .extent import draw_extent, draw_jitter, large_enough
from .label_synthesis import contrast_changed, painted
from .lesions import with_lesion
from .random_fields import blurred
from .region import CUBE, finest_spacing_mm
from .resample import CubeAxis, apply_weights, axis_weights, inside_cube
from .sample import RawSample
from .volume_store import LabelledObject, StoredVolume

SPACING_RANGE = (0.2, 4.0)  # × 96 / cube: sizes beyond are never seen at a zoom level
CARELESS_SHARE = 0.1  # first clicks anywhere in the object
COARSE_VIEW_SHARE = 0.3  # cut as the first click's region is: the level follows from the volume's size
CLICK_CENTRED_SHARE = 0.5  # coarse regions are centred on the click, fine ones on the coarse mask


def draw_object(volume: StoredVolume, rng: np.random.Generator) -> LabelledObject:
    """Large organs more often than the many small bones and vessels."""
    sides = np.array([o.high - o.low + 1 for o in volume.objects], np.float64).prod(1) ** (1 / 3)
    return volume.objects[rng.choice(len(sides), p=sides / sides.sum())]


def coarse_extent(volume: StoredVolume, target: LabelledObject) -> float:
    """The object's largest side / the cube's, at the level that a first click on the volume starts at."""
    side_mm = finest_spacing_mm(float((volume.shape * volume.spacing_mm).max())) * CUBE
    return float(((target.high - target.low + 1) * volume.spacing_mm).max()) / side_mm


def object_region(
    volume: StoredVolume, target: LabelledObject, extent: float, cube: int, rng: np.random.Generator
) -> tuple[list[CubeAxis], np.ndarray]:
    """Where to cut the cube, and the first click in the volume's voxels (k, j, i)."""
    sides_mm = (target.high - target.low + 1) * volume.spacing_mm
    unit = 96 / cube
    spacing = float(
        np.clip(sides_mm.max() / (extent * cube), SPACING_RANGE[0] * unit, SPACING_RANGE[1] * unit)
    )
    stretch = rng.uniform(0.9, 1.1, 3)
    click = target.interior[rng.integers(len(target.interior))].astype(np.float64)
    click += rng.uniform(-0.5, 0.5, 3)
    centre = click if rng.random() < CLICK_CENTRED_SHARE else (target.low + target.high) / 2
    step = spacing * stretch / volume.spacing_mm
    jitter = draw_jitter(rng, cube)
    reach = cube / 2 - 4  # the click stays in the cube
    offset = np.clip(centre + jitter * step, click - reach * step, click + reach * step)
    return [CubeAxis(c, s) for c, s in zip(offset, step, strict=True)], click


def careless_click(target: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    voxels = np.flatnonzero(target)
    return np.array(np.unravel_index(voxels[rng.integers(voxels.size)], target.shape))


def object_sample(volume: StoredVolume, cube: int, rng: np.random.Generator) -> RawSample | None:
    """A cube around one labelled object; None where too little of it is visible."""
    target = draw_object(volume, rng)
    extent = draw_extent(rng)
    if rng.random() < COARSE_VIEW_SHARE:
        extent = coarse_extent(volume, target)
    axes, click_voxel = object_region(volume, target, extent, cube, rng)
    weights = [axis_weights(n, axis, cube) for n, axis in zip(volume.shape, axes, strict=True)]
    needed = tuple(w.source for w in weights)
    inside = inside_cube(weights)
    assert volume.label is not None
    labels = np.asarray(volume.label[needed])
    mask = (apply_weights(np.isin(labels, target.values), weights) >= 0.5) & inside
    if not large_enough(mask, extent):
        return None
    nearest = [np.argmax(w.weights, 1) for w in weights]
    cube_labels = labels[np.ix_(*nearest)]
    if volume.image is None:
        image = blurred(painted(cube_labels, rng), int(rng.integers(0, 2)))
    else:
        image = apply_weights(volume.image[needed], weights)
        if volume.source == "totalsegmentator" and rng.random() < 0.4:
            image = contrast_changed(image, cube_labels, rng)
    sample = RawSample(image, inside, mask, click_of(click_voxel, axes, mask, rng))
    if volume.source == "totalsegmentator" and rng.random() < 0.35:
        sample = with_lesion(sample, rng) or sample
    return sample


def click_of(
    click_voxel: np.ndarray, axes: list[CubeAxis], mask: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    cube = mask.shape[0]
    click = np.array(
        [round((c - a.centre) / a.step + (cube - 1) / 2) for c, a in zip(click_voxel, axes, strict=True)]
    )
    outside = np.any(click < 0) or np.any(click >= cube) or not mask[tuple(np.clip(click, 0, cube - 1))]
    return careless_click(mask, rng) if outside or rng.random() < CARELESS_SHARE else click

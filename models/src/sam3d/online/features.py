"""What the auxiliary model sees of a voxel: the frozen model's logit, intensities, and where it lies from the
opening click."""

from typing import NamedTuple

import numpy as np

from .lattice import STEP, local_means, on_lattice

INPUTS = 12
LARGEST_INPUT = 2.0  # ±
LOGIT_SCALE = 4.0
DISTANCE_SCALE_MM = 5.0  # distances count by their logarithm beyond it: structures are small or large
CLICK_REACH = 1  # voxels about an include click whose mean intensity is that of the structure


class Opening(NamedTuple):
    """The frozen model's answer to an opening prompt"""

    logits: np.ndarray  # (n, n, n)
    image: np.ndarray  # (2, n, n, n), normalised
    spacing_mm: float  # of the region
    included: np.ndarray  # (m, 3) voxel (i, j, k) of the include clicks, m > 0


def clicked_intensity(image: np.ndarray, included: np.ndarray) -> float:
    """The mean of one channel (n, n, n) about the clicks"""
    n = image.shape[0]
    nearest = np.floor(np.asarray(included, np.float64) + 0.5)
    centres = np.clip(nearest.astype(int), CLICK_REACH, n - 1 - CLICK_REACH)
    cubes = [
        image[tuple(slice(place - CLICK_REACH, place + CLICK_REACH + 1) for place in (k, j, i))]
        for i, j, k in centres
    ]
    return float(np.mean(np.asarray(cubes, np.float64)))


def features_of(opening: Opening) -> np.ndarray:
    """→ (m³, INPUTS) float64, the lattice's voxels in k-j-i order"""
    logits = on_lattice(opening.logits).astype(np.float64)
    wide, narrow = (on_lattice(channel).astype(np.float64) for channel in opening.image)
    mean = local_means(opening.image[1])
    clicked = clicked_intensity(opening.image[1], opening.included)
    centre = np.asarray(opening.included, np.float64).mean(0)
    k, j, i = np.indices(logits.shape, dtype=np.float64) * STEP
    offsets_mm = [
        (places - middle) * opening.spacing_mm for places, middle in zip((i, j, k), centre, strict=True)
    ]
    distance_mm = np.sqrt(sum(offset**2 for offset in offsets_mm))
    logarithm = np.log1p(distance_mm / DISTANCE_SCALE_MM) / 2
    towards = [offset * logarithm / (distance_mm + 1e-3) for offset in offsets_mm]
    inputs = [
        np.tanh(logits / LOGIT_SCALE),
        1 / (1 + np.exp(-logits)),
        local_means(opening.logits) / LOGIT_SCALE,
        *towards,
        logarithm,
        *(wide, narrow, mean),
        np.abs(mean - clicked),
        np.full_like(logits, clicked),
    ]
    return np.clip(np.stack([values.ravel() for values in inputs], 1), -LARGEST_INPUT, LARGEST_INPUT)

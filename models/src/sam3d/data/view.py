"""How a training cube looks at an object: as the looks of a first click do, or as the region fitted to it.

A look is centred on the click, at any level: whatever is in it, small, large or cut off, must come out with
an honest expected IoU, since the looks of all levels are compared by it. A fitted region is cut around what a
look has found.
"""

from typing import NamedTuple

import numpy as np

from .region import CUBE, LATTICE_VOXELS, SPACINGS_MM
from .volume_store import LabelledObject, StoredVolume

FITTED_SHARE = 0.5
FITTED_EXTENT = (0.36, 0.78)  # object's largest side / cube's side
UNFITTING_SHARE = 0.3  # of fitted regions: too small for the finest level, too large for the coarsest
UNFITTING_EXTENT = (0.15, 1.1)
LOOK_EXTENT = (0.05, 0.9)  # of objects that are made, not found
FITTED_JITTER = 6 / 64  # of the cube: lattice, and looks that missed a part
LOOK_JITTER = LATTICE_VOXELS / 2 / CUBE  # a region's centre is snapped to the lattice
LEVEL_JITTER = (0.87, 1.15)  # patients differ in size
CLICK_CENTRED_SHARE = 0.3  # of fitted regions
MIN_FITTED_FILL = 0.001  # of the cube
MIN_LOOK_FILL = 1 / 64**3  # what is all but invisible has to come out with a low IoU
CLICK_MARGIN_VOXELS = 3


class View(NamedTuple):
    step: np.ndarray  # (3,) cube voxel / volume voxel, along k, j, i
    centre: np.ndarray  # (3,) of the cube, in volume voxels (k, j, i)
    fitted: bool


def draw_view(
    volume: StoredVolume, target: LabelledObject, click: np.ndarray, cube: int, rng: np.random.Generator
) -> View:
    """click (3,) in volume voxels (k, j, i)"""
    fitted = rng.random() < FITTED_SHARE
    if fitted:
        side_mm = float(((target.high - target.low + 1) * volume.spacing_mm).max())
        spacing_mm = side_mm / (draw_fitted_extent(rng) * cube)
    else:
        level_mm = SPACINGS_MM[rng.integers(len(SPACINGS_MM))]
        spacing_mm = level_mm * rng.uniform(*LEVEL_JITTER) * CUBE / cube
    step = spacing_mm * rng.uniform(0.9, 1.1, 3) / volume.spacing_mm
    around_click = not fitted or rng.random() < CLICK_CENTRED_SHARE
    centre = click if around_click else (target.low + target.high) / 2
    centre = centre + draw_jitter(rng, fitted) * cube * step
    reach = cube / 2 - CLICK_MARGIN_VOXELS  # the click stays in the cube
    return View(step, np.clip(centre, click - reach * step, click + reach * step), fitted)


def draw_fitted_extent(rng: np.random.Generator) -> float:
    return float(rng.uniform(*(UNFITTING_EXTENT if rng.random() < UNFITTING_SHARE else FITTED_EXTENT)))


def draw_extent(rng: np.random.Generator, fitted: bool) -> float:
    """Object's largest side / cube's side, of an object that is made to order."""
    if fitted:
        return draw_fitted_extent(rng)
    low, high = np.log(LOOK_EXTENT)
    return float(np.exp(rng.uniform(low, high)))


def draw_jitter(rng: np.random.Generator, fitted: bool) -> np.ndarray:
    """(3,) in cube sides"""
    limit = FITTED_JITTER if fitted else LOOK_JITTER
    return rng.uniform(-limit, limit, 3)


def large_enough(target: np.ndarray, fitted: bool) -> bool:
    return bool(target.mean() >= (MIN_FITTED_FILL if fitted else MIN_LOOK_FILL))

"""How large a sample's object is in its cube, and where. Under-segmentation at the first click comes from
too many small objects, so the share of those is fixed here."""

import numpy as np

TYPICAL_SHARE = 0.68
TYPICAL_EXTENT = (0.35, 0.9)  # object's largest side / cube's side
SMALL_EXTENT = (0.06, 0.35)  # small objects, and objects as the coarsest zoom level shows them
JITTER = 8 / 96  # a region's centre is snapped to a lattice of 16 voxels in a cube of 96
MIN_FILL = 0.001  # of the cube, for typical objects
MIN_FILL_SMALL = 0.0001


def draw_extent(rng: np.random.Generator) -> float:
    if rng.random() < TYPICAL_SHARE:
        return float(rng.uniform(*TYPICAL_EXTENT))
    low, high = np.log(SMALL_EXTENT)
    return float(np.exp(rng.uniform(low, high)))


def draw_jitter(rng: np.random.Generator, cube: int) -> np.ndarray:
    """(3,) voxels"""
    return rng.uniform(-JITTER, JITTER, 3) * cube


def large_enough(target: np.ndarray, extent: float) -> bool:
    share = MIN_FILL if extent >= TYPICAL_EXTENT[0] else MIN_FILL_SMALL
    return bool(target.mean() >= share)

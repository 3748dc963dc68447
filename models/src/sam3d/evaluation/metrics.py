"""How alike two masks are; and one number for the scores of a whole interaction."""

import numpy as np
from scipy import ndimage

TOLERANCE_MM = 2.0


def dice(mask: np.ndarray, truth: np.ndarray) -> float:
    return float(2 * (mask & truth).sum() / max(1, int(mask.sum()) + int(truth.sum())))


def nsd(
    mask: np.ndarray, truth: np.ndarray, spacing_mm: np.ndarray, tolerance_mm: float = TOLERANCE_MM
) -> float:
    """Normalised surface Dice (Nikolov et al. 2018): the share of both surfaces near to the other one.

    A surface is made of the mask's voxels with a face neighbour outside it; the array's border counts as
    outside. 1 where both masks are empty, 0 where one is.
    """
    either = mask | truth
    if not either.any():
        return 1.0
    if not (mask.any() and truth.any()):
        return 0.0
    box = bounding_box(either)
    one, other = (surface(part[box]) for part in (mask, truth))
    near = 0
    for these, those in ((one, other), (other, one)):
        distance_mm = ndimage.distance_transform_edt(~those, spacing_mm)
        near += np.count_nonzero(distance_mm[these] <= tolerance_mm)
    return float(near / (np.count_nonzero(one) + np.count_nonzero(other)))


def bounding_box(mask: np.ndarray) -> tuple[slice, ...]:
    """Of a mask that is not empty"""
    return ndimage.find_objects(mask.astype(np.uint8))[0]


def surface(mask: np.ndarray) -> np.ndarray:
    """mask bool → bool: its voxels with a face neighbour outside it"""
    return mask & ~ndimage.binary_erosion(mask)


def auc(scores: list[float]) -> float:
    """The mean over an interaction, by trapezoids: the area below the scores of each prompt, 0 to 1"""
    return float(np.trapezoid(scores) / (len(scores) - 1))

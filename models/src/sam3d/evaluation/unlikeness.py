"""How far what was clicked lies from what an answer shows; the server mirrors it."""

import numpy as np

from sam3d.data.region import CUBE

QUARTILES_APART = 1.35  # of a normal distribution, in its standard deviations
LEAST_DEVIATION = 0.05  # of normalised intensities: within it all is alike, however even a structure is


def unlikeness(image: np.ndarray, found: np.ndarray, clicked_voxel: np.ndarray) -> float:
    """image (n, n, n) normalised, found (n, n, n) bool, not empty, clicked_voxel (3,) k, j, i → in standard
    deviations of what is found; robust, so that pieces of other tissue count for little"""
    low, middle, high = np.percentile(image[found].astype(np.float64), (25, 50, 75))
    place = np.clip(np.floor(np.asarray(clicked_voxel) + 0.5).astype(int), 0, CUBE - 1)
    deviation = max((high - low) / QUARTILES_APART, LEAST_DEVIATION)
    return float(abs(float(image[tuple(place)]) - middle) / deviation)

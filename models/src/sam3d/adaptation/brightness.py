"""How dark and how wide the intensities of a volume are, whatever its units."""

from typing import NamedTuple

import numpy as np

PERCENTILES = (1, 99)
LEAST_SPREAD = 1e-3


class Brightness(NamedTuple):
    low: float
    spread: float


def brightness_of(image: np.ndarray) -> Brightness:
    low, high = np.percentile(image, PERCENTILES)
    return Brightness(float(low), max(float(high - low), LEAST_SPREAD))

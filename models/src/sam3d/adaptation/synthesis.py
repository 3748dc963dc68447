"""Exemplar-guided synthesis (after Cheap Lunch, Feng et al. 2023): the shapes of one exemplar with the
intensities of another, drawn again with the label map as guide."""

import numpy as np

from sam3d.data.label_synthesis import labels_with_background
from sam3d.data.random_fields import blurred

from .brightness import brightness_of
from .level_case import LevelCase

CLASS_JITTER = 0.5  # × the deviation of the class in the guide
BACKGROUND_JITTER = 0.1  # × the spread of the intensities
BACKGROUND_SHARE = 0.5  # of the tissues around that get another brightness


def resynthesised(
    image: np.ndarray, labels: np.ndarray, guide: LevelCase, rng: np.random.Generator
) -> np.ndarray:
    """image (n, n, n) float32, labels (n, n, n) uint8 → the image in the guide's intensities: each class
    about as bright as it is there; the tissues around, grouped by brightness, a little brighter or darker"""
    low, spread = brightness_of(image)
    guide_low, guide_spread = guide.brightness
    image = guide_low + (image - low) * np.float32(guide_spread / spread)
    tissues = labels_with_background(image, labels, rng)
    shift = np.zeros(256, np.float32)
    for value in np.unique(tissues).tolist():
        points = guide.points.get(value)
        if points is not None:
            there = guide.image[tuple(points.T)]
            here = image[tissues == value].mean()
            shift[value] = there.mean() - here + rng.normal(0, CLASS_JITTER * there.std())
        elif rng.random() < BACKGROUND_SHARE:
            shift[value] = rng.normal(0, BACKGROUND_JITTER * guide_spread)
    return np.asarray(image + blurred(shift[tissues], 1), np.float32)

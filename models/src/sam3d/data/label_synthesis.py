"""Images made from label maps, and organ contrasts changed through them."""

import numpy as np

from .random_fields import blurred, smooth_field, texture


def painted(labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A random intensity per label, with noise and slow variation; labels (n, n, n) uint8 → float32"""
    n = labels.shape[0]
    means = rng.uniform(0, 1, 256).astype(np.float32)
    if rng.random() < 0.5:
        means[0] = 0
    noise = np.float32(np.exp(rng.uniform(np.log(0.01), np.log(0.15))))
    image = blurred(means[labels], int(rng.integers(0, 3)))
    image += noise * texture(rng, n)
    image += np.float32(rng.uniform(0, 0.1)) * smooth_field(rng, n, 3)
    return image * 1000


def contrast_changed(image: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Shifts some labels' intensities, as another contrast phase would."""
    shift = rng.normal(0, 30, 256).astype(np.float32) * (rng.random(256) < 0.5)
    shift[0] = 0
    return image + blurred(shift[labels], 1)

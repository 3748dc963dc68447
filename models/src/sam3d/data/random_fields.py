"""Smooth random fields: texture, bias, deformation."""

from functools import cache

import numpy as np


def smooth_field(rng: np.random.Generator, cube: int, cells: int) -> np.ndarray:
    """Trilinear noise of about cells periods, mean 0, deviation about 1 → (n, n, n) float32"""
    coarse = rng.standard_normal((cells + 2, cells + 2, cells + 2), np.float32)
    return interpolated(coarse, cube) * np.float32(1.6)


def interpolated(coarse: np.ndarray, cube: int) -> np.ndarray:
    """Trilinear, corner to corner; (…, c, c, c) → (…, cube, cube, cube) float32"""
    *before, c = coarse.shape[:-2]
    weights = linear_weights(c, cube)
    values = (weights @ coarse.reshape(*before, c, c * c)).reshape(*before, cube, c, c)
    return weights @ values @ weights.T  # along the last two axes


@cache
def linear_weights(cells: int, cube: int) -> np.ndarray:
    """(cube, cells) float32"""
    position = np.linspace(0, cells - 1, cube)
    return np.maximum(0, 1 - np.abs(position[:, None] - np.arange(cells))).astype(np.float32)


def texture(rng: np.random.Generator, cube: int) -> np.ndarray:
    """White noise blurred by a random amount, deviation 1 → (n, n, n) float32"""
    noise = rng.standard_normal((cube, cube, cube), np.float32)
    noise = blurred(noise, int(rng.integers(0, 3)))
    return noise / (noise.std(ddof=1) + np.float32(1e-6))


def blurred(image: np.ndarray, passes: int) -> np.ndarray:
    """Repeated 3³ means, of what there is of a neighbourhood at the border → same shape, float32"""
    blurry = np.array(image, np.float32)
    for _ in range(passes):
        for axis in range(3):  # PyTorch's pooling takes twice as long
            blurry = mean_of_three(blurry, axis)
    return blurry


def mean_of_three(volume: np.ndarray, axis: int) -> np.ndarray:
    """Of each voxel and its two neighbours along an axis; (n, n, n) float32 → same"""
    values = volume.swapaxes(0, axis)
    total = values.copy()
    total[1:] += values[:-1]
    total[:-1] += values[1:]
    total[1:-1] *= np.float32(1 / 3)
    total[[0, -1]] *= np.float32(0.5)
    return total.swapaxes(0, axis)

"""Smooth random fields: texture, bias, deformation."""

import numpy as np
import torch
from torch.nn import functional as F


def smooth_field(rng: np.random.Generator, cube: int, cells: int) -> np.ndarray:
    """Trilinear noise of about cells periods, mean 0, deviation about 1 → (n, n, n) float32"""
    coarse = torch.from_numpy(rng.standard_normal((1, 1, cells + 2, cells + 2, cells + 2), np.float32))
    field = F.interpolate(coarse, (cube, cube, cube), mode="trilinear", align_corners=True)
    return field[0, 0].numpy() * 1.6


def texture(rng: np.random.Generator, cube: int) -> np.ndarray:
    """White noise blurred by a random amount, deviation 1 → (n, n, n) float32"""
    noise = torch.from_numpy(rng.standard_normal((1, 1, cube, cube, cube), np.float32))
    for _ in range(int(rng.integers(0, 3))):
        noise = F.avg_pool3d(noise, 3, 1, 1, count_include_pad=False)
    return (noise / (noise.std() + 1e-6))[0, 0].numpy()


def blurred(image: np.ndarray, passes: int) -> np.ndarray:
    """Repeated 3³ means → same shape, float32"""
    volume = torch.from_numpy(np.ascontiguousarray(image, np.float32))[None, None]
    for _ in range(passes):
        volume = F.avg_pool3d(volume, 3, 1, 1, count_include_pad=False)
    return volume[0, 0].numpy()

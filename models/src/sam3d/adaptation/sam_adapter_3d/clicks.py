"""A click for each sample, drawn from its labels."""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor


class Clicks(NamedTuple):
    points: Tensor  # (B, 3) voxels (i, j, k) of the cube
    given: Tensor  # (B,) bool: whether there is one


def drawn_clicks(labels: Tensor, share: float, rng: np.random.Generator) -> Clicks:
    """labels (B, n, n, n), k-j-i; a click lies on a voxel of some class, where the sample shows one"""
    points, given = torch.zeros(len(labels), 3), torch.zeros(len(labels), dtype=torch.bool)
    for index, one in enumerate(labels):
        voxels = torch.nonzero(one)
        wanted, place = rng.random() < share, rng.random()
        if wanted and len(voxels):
            points[index] = voxels[int(place * len(voxels))].flip(0).float()
            given[index] = True
    return Clicks(points, given)

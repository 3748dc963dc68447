"""Rotation and bending of a cube: few patients stand for many."""

from typing import NamedTuple

import numpy as np
import torch
from torch.nn import functional as F

from .implicit_shapes import random_rotation
from .random_fields import interpolated

WARP_SHARE = 0.5
MARGIN = 0.18  # of the cube, on each side, for what turns into it
LARGEST_ANGLE = np.pi / 7
LARGEST_BEND = 0.05  # of the cube
BEND_CELLS = (2, 5)


class Warp(NamedTuple):
    """Where each voxel of the cube is read, in voxels of a larger one (m³)."""

    source: np.ndarray  # (n, n, n, 3) float32, (k, j, i)

    def moved(self, volumes: list[np.ndarray]) -> list[np.ndarray]:
        """(m, m, m) each → (n, n, n) float32, trilinear"""
        m = volumes[0].shape[0]
        grid = torch.from_numpy((self.source[..., ::-1] * 2 + 1) / m - 1)[None]  # grid_sample wants (i, j, k)
        stack = torch.from_numpy(np.stack(volumes).astype(np.float32))[None]
        found = F.grid_sample(stack, grid, mode="bilinear", padding_mode="border", align_corners=False)
        return list(found[0].numpy())

    def nearest(self, voxel: np.ndarray) -> np.ndarray:
        """The voxel (k, j, i) that is read nearest to one of the larger cube."""
        distance = ((self.source - voxel.astype(np.float32)) ** 2).sum(-1)
        return np.array(np.unravel_index(int(distance.argmin()), distance.shape))


def small_rotation(rng: np.random.Generator) -> np.ndarray:
    """About a random axis (Rodrigues) → (3, 3)"""
    x, y, z = random_rotation(rng)[0]
    angle = rng.uniform(-LARGEST_ANGLE, LARGEST_ANGLE)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross


def draw_warp(rng: np.random.Generator, cube: int, larger: int) -> Warp:
    axis = (np.arange(cube) - (cube - 1) / 2).astype(np.float32)
    position = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), -1)
    source = position @ small_rotation(rng).T.astype(np.float32) + np.float32((larger - 1) / 2)
    cells = int(rng.integers(BEND_CELLS[0], BEND_CELLS[1] + 1))
    bend = interpolated(rng.standard_normal((3, cells, cells, cells), np.float32), cube)
    amplitude = np.float32(rng.uniform(0, LARGEST_BEND) * cube)
    return Warp(np.ascontiguousarray(source + amplitude * bend.transpose(1, 2, 3, 0), np.float32))

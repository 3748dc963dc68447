"""Boxes as a reader draws them: about the structure, neither tight nor exact."""

from typing import NamedTuple

import numpy as np

from sam3d.model.box_prompts import SOLID_BOX

LOOSE_SHARE = 0.2
LOOSE = (0.05, 0.3)  # of the structure's side, on each side
SPREAD = 0.04  # of the structure's side: how far a face misses it
SPREAD_VOXELS = 0.75
BEYOND_VOXELS = 8.0  # a structure that leaves the cube has its faces out there
SLICE_VOXELS = (1.0, 3.0)  # how thick a slice may be


class Box(NamedTuple):
    coords: np.ndarray  # (6,) i, j, k of the low, then of the high faces
    label: float  # SOLID_BOX, or 1, 2, 3: drawn in a slice perpendicular to i, j, k


def drawn_faces(inside: np.ndarray, rng: np.random.Generator) -> tuple[float, float]:
    """inside (n,) bool: where along an axis the structure is → low and high face"""
    places = np.flatnonzero(inside)
    low, high = float(places[0]) - 0.5, float(places[-1]) + 0.5
    side = high - low
    off = np.abs(rng.normal(0, SPREAD * side, 2)) + rng.normal(0, SPREAD_VOXELS, 2)
    if rng.random() < LOOSE_SHARE:
        off += rng.uniform(*LOOSE, 2) * side
    off = np.maximum(off, -0.2 * side)
    if places[0] == 0:
        off[0] += BEYOND_VOXELS
    if places[-1] == len(inside) - 1:
        off[1] += BEYOND_VOXELS
    return low - off[0], high + off[1]


def solid_box(target: np.ndarray, rng: np.random.Generator) -> Box:
    """target (n, n, n) bool, in k-j-i"""
    faces = [drawn_faces(target.any((0, 1)), rng)]
    faces += [drawn_faces(target.any((0, 2)), rng), drawn_faces(target.any((1, 2)), rng)]
    return Box(np.array(faces, np.float32).T.reshape(6), SOLID_BOX)


def slice_box(target: np.ndarray, voxel: np.ndarray, rng: np.random.Generator) -> Box:
    """In one slice through a voxel (k, j, i) of the target"""
    axis = int(rng.integers(3))  # of i, j, k
    seen = np.moveaxis(target, 2 - axis, 0)[int(voxel[2 - axis])]
    others = [a for a in range(3) if a != axis]  # ascending, so that the array's axes are the other way round
    half = rng.uniform(*SLICE_VOXELS) / 2
    faces: list[tuple[float, float]] = [(0.0, 0.0)] * 3
    faces[axis] = (float(voxel[2 - axis]) - half, float(voxel[2 - axis]) + half)
    faces[others[0]] = drawn_faces(seen.any(0), rng)
    faces[others[1]] = drawn_faces(seen.any(1), rng)
    return Box(np.array(faces, np.float32).T.reshape(6), float(axis + 1))

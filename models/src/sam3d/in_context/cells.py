"""What a region looks like, cell by cell of the half grid."""

from typing import NamedTuple

import numpy as np

from sam3d.data.region import CUBE, Region
from sam3d.data.region_image import Volume
from sam3d.data.resample import CubeAxis, apply_weights, axis_weights, inside_cube

CELLS = CUBE // 2  # along each side
CELL_VOXELS = CUBE // CELLS
INPUT = "image"  # among the tensors of an embedding, what the encoder saw


class CellMasks(NamedTuple):
    share: np.ndarray  # (n, n, n) of each cell, that the mask fills
    inside: np.ndarray  # (n, n, n) bool: at least half of the cell lies in the volume


def up_weights(grid: int) -> np.ndarray:
    """→ (CELLS, grid): linear interpolation of a coarser grid at the cells' centres, clamped"""
    position = np.clip((np.arange(CELLS) + 0.5) * grid / CELLS - 0.5, 0, grid - 1)
    low = np.minimum(position.astype(np.int64), max(0, grid - 2))
    weights = np.zeros((CELLS, grid), np.float32)
    rows = np.arange(CELLS)
    weights[rows, low] = 1 - (position - low)
    weights[rows, np.minimum(low + 1, grid - 1)] += (position - low).astype(np.float32)
    return weights


def on_cells(grid: np.ndarray) -> np.ndarray:
    """(C, m, m, m) → (C, n, n, n)"""
    if grid.shape[-1] == CELLS:
        return grid
    weights = up_weights(grid.shape[-1])
    values = np.tensordot(grid, weights, (3, 1))  # (C, k, j, I)
    values = np.tensordot(values, weights, (2, 1))  # (C, k, I, J)
    values = np.tensordot(values, weights, (1, 1))  # (C, I, J, K)
    return values.transpose(0, 3, 2, 1)


def described(embeddings: dict[str, np.ndarray], chosen: np.ndarray) -> np.ndarray:
    """All levels of the encoder, by name. chosen (n, n, n) bool → (m, channels) float32"""
    names = sorted(name for name in embeddings if name != INPUT)
    return np.concatenate([on_cells(embeddings[name][0])[:, chosen] for name in names]).T


def pooled(cube: np.ndarray) -> np.ndarray:
    """(…, 2n, 2n, 2n) → (…, n, n, n) means"""
    *_, k, j, i = cube.shape
    return cube.reshape(*cube.shape[:-3], k // 2, 2, j // 2, 2, i // 2, 2).mean((-1, -3, -5))


def cell_masks(mask: np.ndarray, volume: Volume, region: Region) -> CellMasks:
    """mask (K, J, I) bool, on the volume's grid"""
    weights = []
    for axis, length in enumerate(mask.shape):
        step = region.spacing_mm / volume.spacing_mm[axis]
        centre = (region.corner[2 - axis] + CUBE / 2) * step - 0.5
        weights.append(axis_weights(length, CubeAxis(centre, step), CUBE))
    share = apply_weights(mask[tuple(one.source for one in weights)], weights)
    inside = inside_cube(weights)
    return CellMasks(pooled(share * inside), pooled(inside.astype(np.float32)) >= 0.5)


def cell_places_mm(region: Region) -> np.ndarray:
    """→ (3, n, n, n) mm (k, j, i) of the cells' centres from the volume's low edge corner"""
    axes = [
        (np.arange(CELLS) * CELL_VOXELS + CELL_VOXELS / 2 + region.corner[2 - axis]) * region.spacing_mm
        for axis in range(3)
    ]
    return np.stack(np.meshgrid(*axes, indexing="ij"))


def within_steps(cells: np.ndarray, steps: int) -> np.ndarray:
    """(n, n, n) bool → cells at most so many steps between neighbours by faces away"""
    reached = cells
    for _ in range(steps):
        wider = reached.copy()
        for axis in range(3):
            ahead = (slice(None),) * axis + (slice(1, None),)
            behind = (slice(None),) * axis + (slice(None, -1),)
            wider[ahead] |= reached[behind]
            wider[behind] |= reached[ahead]
        reached = wider
    return reached

"""What the model is told of a box's mask that the reader has just corrected; the server mirrors it.

Who corrects a mask clicks into the middle of what is wrong, so that the error reaches about as far around the
click as the mask's border is away.
"""

import numpy as np
from scipy import ndimage

from sam3d.data.hint import MASK_CONFIDENCE

REACH_FACTOR = 1.2  # of the distance to the border
FARTHEST_BORDER_VOXELS = 7  # a border farther away says nothing of the error


def corrected_logits(logits: np.ndarray, coords: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Around each click that disagrees with the mask, a ball of it becomes what the reader wants.

    logits (n, n, n), coords (N, 3) voxel (i, j, k), labels (N,): 1 include, 0 exclude → (n, n, n) float32
    """
    corrected = logits.astype(np.float32)
    for coord, label in zip(coords, labels, strict=True):
        include = bool(label > 0.5)
        wanted = (logits > 0) == include
        voxel = np.clip(np.floor(coord[::-1] + 0.5).astype(int), 0, np.array(logits.shape) - 1)
        if wanted[tuple(voxel)]:
            continue
        reach = REACH_FACTOR * border_distance(wanted, voxel, beyond=not include)
        ball = distances(voxel, logits.shape) <= reach
        corrected[ball] = MASK_CONFIDENCE if include else -MASK_CONFIDENCE
    return corrected


def border_distance(wanted: np.ndarray, voxel: np.ndarray, beyond: bool) -> float:
    """Voxels from one (k, j, i) to the nearest wanted one, as far as FARTHEST_BORDER_VOXELS; beyond: all that
    lies beyond the cube is wanted"""
    farthest = float(FARTHEST_BORDER_VOXELS)
    if beyond:
        farthest = min(farthest, float(np.min([voxel + 1, np.array(wanted.shape) - voxel])))
    low = np.maximum(voxel - FARTHEST_BORDER_VOXELS, 0)
    around = wanted[tuple(slice(a, v + FARTHEST_BORDER_VOXELS + 1) for a, v in zip(low, voxel, strict=True))]
    found = distances(voxel - low, around.shape)[around]
    return min(farthest, float(found.min(initial=farthest)))


def distances(voxel: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """From a voxel (k, j, i) → shape"""
    squares = [(np.arange(n) - v) ** 2 for n, v in zip(shape, voxel, strict=True)]
    return np.sqrt(squares[0][:, None, None] + squares[1][:, None] + squares[2])


def deepest_voxel(mask: np.ndarray) -> np.ndarray | None:
    """(n, n, n) bool → (3,) voxel (i, j, k): most steps between voxels away from what is outside the mask, or
    the cube; the first one of several. None of an empty mask"""
    if not mask.any():
        return None
    depth = ndimage.distance_transform_cdt(np.pad(mask, 1), "taxicab")[1:-1, 1:-1, 1:-1]
    return np.array(np.unravel_index(int(depth.argmax()), mask.shape))[::-1]


def beside_middle(coords: np.ndarray, labels: np.ndarray, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Who takes away from what a box has found means the rest: the model is told so by an include click in
    the middle of it, since exclude clicks alone do not say what is wanted.

    coords (N, 3), labels (N,), mask (n, n, n) bool → coords (N + 1, 3), labels (N + 1,)
    """
    middle = deepest_voxel(mask)
    if middle is None:
        return coords, labels
    return np.concatenate([coords, middle[None]]), np.append(labels, 1.0)

"""Which pieces of a mask are meant; 26-connected, as in the server."""

from collections.abc import Sequence

import numpy as np
from scipy import ndimage

from sam3d.data.clicks import CONNECT_26


def nearest_component(mask: np.ndarray, voxel_kji: np.ndarray) -> np.ndarray | None:
    """The component at a voxel, or else the nearest to it; None for an empty mask."""
    labels, count = ndimage.label(mask, CONNECT_26)
    if count == 0:
        return None
    top = np.array(mask.shape) - 1
    k, j, i = np.clip(np.floor(voxel_kji + 0.5).astype(int), 0, top)
    if labels[k, j, i] == 0:
        voxels = np.argwhere(mask)
        k, j, i = voxels[((voxels - voxel_kji) ** 2).sum(1).argmin()]
    return labels == labels[k, j, i]


def components_holding(
    mask: np.ndarray, voxels_kji: Sequence[tuple[int, ...]], box: tuple[slice, ...] | None = None
) -> np.ndarray:
    """The components that hold any of the voxels, or reach into the box; if none does, the largest."""
    labels, count = ndimage.label(mask, CONNECT_26)
    if count == 0:
        return mask
    held = {int(labels[voxel]) for voxel in voxels_kji}
    if box is not None:
        held |= set(np.unique(labels[box]).tolist())
    held -= {0}
    return np.isin(labels, list(held or {int(np.argmax(np.bincount(labels.ravel())[1:])) + 1}))

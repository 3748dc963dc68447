"""What the image encoder sees of a volume through a region."""

from typing import NamedTuple

import numpy as np

from .normalisation import ValueRange, normalise
from .region import CUBE, Region
from .resample import CubeAxis, apply_weights, axis_weights, inside_cube


class Volume(NamedTuple):
    """In canonical order: array axes k, j, i = Superior, Posterior, Left."""

    voxels: np.ndarray  # (K, J, I)
    spacing_mm: np.ndarray  # (3,) along k, j, i
    value_range: ValueRange | None = None  # that models are shown of it; None: all
    modality: str = ""  # CT, MR, PET or US

    @property
    def extent_mm(self) -> np.ndarray:
        """(3,) along k, j, i, edge to edge"""
        return np.array(self.voxels.shape) * self.spacing_mm

    def to_mm(self, voxel_kji: np.ndarray) -> np.ndarray:
        """(3,) voxel index (k, j, i) → (3,) mm (i, j, k) from the low edge corner"""
        return ((np.asarray(voxel_kji) + 0.5) * self.spacing_mm)[::-1]


def region_cube(volume: Volume, region: Region) -> tuple[np.ndarray, np.ndarray]:
    """→ raw intensities (n, n, n) float32, and which voxels lie in the volume"""
    weights = []
    for axis, length in enumerate(volume.voxels.shape):
        step = region.spacing_mm / volume.spacing_mm[axis]
        centre = (region.corner[2 - axis] + CUBE / 2) * step - 0.5
        weights.append(axis_weights(length, CubeAxis(centre, step), CUBE))
    return apply_weights(volume.voxels[tuple(w.source for w in weights)], weights), inside_cube(weights)


def region_image(volume: Volume, region: Region) -> np.ndarray:
    """→ (2, n, n, n) float32"""
    return normalise(*region_cube(volume, region), volume.value_range)

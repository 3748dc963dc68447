"""A box as a reader draws it, on the volume's own grid."""

import math
from typing import NamedTuple

import numpy as np

from sam3d.data.boxes import Box
from sam3d.data.region import Region, finest_spacing_mm, round_half_up, snapped_region
from sam3d.data.region_image import Volume
from sam3d.model.box_prompts import SOLID_BOX

THINNEST_VOXELS = 1.0  # of the region: a thinner box in a slice would vanish between the model's cells


class DrawnBox(NamedTuple):
    low_voxel: np.ndarray  # (3,) (k, j, i), inclusive, as is the other corner
    high_voxel: np.ndarray
    slice_axis: int | None = None  # of k, j, i: drawn in a slice across it

    def faces_mm(self, volume: Volume) -> np.ndarray:
        """→ (2, 3) mm (i, j, k): the low and the high faces; across a slice both lie in its middle"""
        outward = np.where(np.arange(3) == self.slice_axis, 0, 0.5)
        return np.stack([volume.to_mm(self.low_voxel - outward), volume.to_mm(self.high_voxel + outward)])

    def middle_mm(self, volume: Volume) -> np.ndarray:
        """(3,) (i, j, k)"""
        return self.faces_mm(volume).mean(0)

    def region(self, volume: Volume, fit_factor: float) -> Region:
        """Where it is looked at: it says how large its structure is. In a slice both faces across it are at
        one place, and the others decide."""
        low_mm, high_mm = self.faces_mm(volume)
        spacing_mm = finest_spacing_mm(fit_factor * float(np.max(high_mm - low_mm)))
        return snapped_region(self.middle_mm(volume), spacing_mm)

    def placed(self, volume: Volume, region: Region) -> Box:
        """In any region, whether it lies there or not"""
        faces = region.to_voxel(self.faces_mm(volume))
        if self.slice_axis is None:
            return Box(faces.reshape(6), SOLID_BOX)
        axis = 2 - self.slice_axis  # of i, j, k
        faces[:, axis] += (-THINNEST_VOXELS / 2, THINNEST_VOXELS / 2)
        return Box(faces.reshape(6), float(axis + 1))

    def voxels(self) -> tuple[slice, ...]:
        """Those whose centres lie between the faces; where none does, the nearest"""
        places = []
        for low, high in zip(self.low_voxel - 0.5, self.high_voxel + 0.5, strict=True):
            first = math.ceil(low) if math.ceil(low) <= high else round_half_up((low + high) / 2)
            places.append(slice(first, max(math.floor(high), first) + 1))
        return tuple(places)


def box_about(outline: np.ndarray, shape: tuple[int, ...]) -> DrawnBox:
    """outline (m, 3) voxels (k, j, i) of a lasso in a slice, shape of the volume → the box that holds it"""
    last = np.array(shape) - 0.5
    low, high = np.clip(outline.min(0), -0.5, last), np.clip(outline.max(0), -0.5, last)
    axis = int((high - low).argmin())
    inward = np.where(np.arange(3) == axis, 0, 0.5)
    return DrawnBox(low + inward, high - inward, axis)

"""Coarse → fine choice of the region at the first click; the server's TypeScript mirrors it."""

from dataclasses import dataclass

import numpy as np

from sam3d.data.region import CUBE, Region, finest_spacing_mm, snapped_region


@dataclass(frozen=True)
class ZoomPolicy:
    fit_factor: float = 1.5  # cube side ≥ this × the object's largest side
    border_voxels: int = 8  # a click nearer to the cube's faces than this becomes the cube's centre


def start_region(extent_mm: np.ndarray, click_mm: np.ndarray) -> Region:
    """extent_mm (3,) of the volume, edge to edge; click_mm (i, j, k) from its low edge corner"""
    return snapped_region(click_mm, finest_spacing_mm(float(np.max(extent_mm))))


def target_region(
    policy: ZoomPolicy, start: Region, low_voxel: np.ndarray, high_voxel: np.ndarray, click_mm: np.ndarray
) -> Region:
    """The region to refine in, given the coarse mask's bounding box (inclusive voxel indices in start)."""
    low_mm = start.to_mm(np.asarray(low_voxel) - 0.5)
    high_mm = start.to_mm(np.asarray(high_voxel) + 0.5)
    spacing_mm = finest_spacing_mm(policy.fit_factor * float(np.max(high_mm - low_mm)))
    if spacing_mm >= start.spacing_mm:
        return start
    region = snapped_region((low_mm + high_mm) / 2, spacing_mm)
    click_voxel = region.to_voxel(click_mm)
    if np.any(click_voxel < policy.border_voxels) or np.any(click_voxel > CUBE - 1 - policy.border_voxels):
        region = snapped_region(click_mm, spacing_mm)
    return region

"""Which regions a first click is looked at in, and the region then fitted to what was found; the server's
TypeScript mirrors it."""

from dataclasses import dataclass

import numpy as np

from sam3d.data.region import CUBE, Region, finest_spacing_mm, look_spacings_mm, snapped_region


@dataclass(frozen=True)
class ZoomPolicy:
    fit_factor: float = 1.5  # cube side ≥ this × the object's largest side
    wider_look_penalty: float = 0.04  # of the expected IoU, a look: wide looks promise too much
    unlike_deviations: float = 3.0  # a look is not believed where the click is so far from what it shows
    border_voxels: int = 4  # a click or an object nearer to the cube's faces than this wants another cube


def look_regions(extent_mm: np.ndarray, voxel_mm: np.ndarray, click_mm: np.ndarray) -> list[Region]:
    """extent_mm (3,) of the volume, edge to edge; voxel_mm (3,) sides of its voxels; click_mm (i, j, k) from
    its low corner → coarse first"""
    spacings_mm = look_spacings_mm(float(np.max(extent_mm)), float(np.median(voxel_mm)))
    return [snapped_region(click_mm, spacing_mm) for spacing_mm in spacings_mm]


def fitted_region(
    policy: ZoomPolicy, look: Region, low_voxel: np.ndarray, high_voxel: np.ndarray, click_mm: np.ndarray
) -> Region:
    """The region to segment in, given the found mask's bounding box (inclusive voxel indices in look)."""
    low_mm = look.to_mm(np.asarray(low_voxel) - 0.5)
    high_mm = look.to_mm(np.asarray(high_voxel) + 0.5)
    spacing_mm = finest_spacing_mm(policy.fit_factor * float(np.max(high_mm - low_mm)))
    margin, top = policy.border_voxels, CUBE - 1 - policy.border_voxels
    if spacing_mm == look.spacing_mm and np.min(low_voxel) >= margin and np.max(high_voxel) <= top:
        return look
    region = snapped_region((low_mm + high_mm) / 2, spacing_mm)
    click_voxel = region.to_voxel(click_mm)
    if np.any(click_voxel < margin) or np.any(click_voxel > top):
        region = snapped_region(click_mm, spacing_mm)
    return region

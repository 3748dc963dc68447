"""Where to look for what of a drawing a region does not show: as the server does."""

import numpy as np

from sam3d.data.region import CUBE, LATTICE_VOXELS, Region, snapped_region


def well_inside(region: Region, points_mm: np.ndarray, margin_voxels: int) -> np.ndarray:
    """points_mm (…, 3) mm (i, j, k) → (…) bool: at least so far from the centres of the outermost voxels"""
    voxels = region.to_voxel(points_mm)
    return np.all((voxels >= margin_voxels) & (voxels <= CUBE - 1 - margin_voxels), axis=-1)


def regions_of_rest(seen: Region, points_mm: np.ndarray, margin_voxels: int) -> list[Region]:
    """Regions at the spacing of one that was looked at, each with about as many as it can show well of those
    points that the ones before do not; points_mm (m, 3) mm (i, j, k), in the order drawn"""
    regions: list[Region] = []
    rest = points_mm[~well_inside(seen, points_mm, margin_voxels)]
    while len(rest) > 0:
        region = snapped_region(middle_of_part(rest, seen.spacing_mm, margin_voxels), seen.spacing_mm)
        regions.append(region)
        rest = rest[1:][~well_inside(region, rest[1:], margin_voxels)]
    return regions


def middle_of_part(points_mm: np.ndarray, spacing_mm: float, margin_voxels: int) -> np.ndarray:
    """Of the first point and those of the others which one region shows, wherever its lattice lets it begin;
    points_mm (m, 3) → (3,) mm"""
    side_mm = (CUBE - 1 - 2 * margin_voxels - LATTICE_VOXELS) * spacing_mm
    low, high = points_mm[0], points_mm[0]
    for point in points_mm[1:]:
        lower, upper = np.minimum(low, point), np.maximum(high, point)
        if np.all(upper - lower <= side_mm):
            low, high = lower, upper
    return (low + high) / 2

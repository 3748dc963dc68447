"""A DICOM Segmentation → a mask on the grid of the series that it was made of."""

import numpy as np
from pydicom.dataset import Dataset

from .dicom_series import AXIAL, SeriesGrid

POSITION_TOLERANCE = 0.01  # of a voxel: decimal strings are rounded, a wrong voxel is not


def mask_of(segmentation: Dataset, grid: SeriesGrid) -> np.ndarray:
    """The union of all segments, (K, J, I) bool; slices without a frame are empty."""
    if segmentation.SegmentationType != "BINARY":
        raise ValueError(f"a mask of yes and no was asked for, not {segmentation.SegmentationType}")
    refuse_other_plane(segmentation, grid)
    frames = segmentation.pixel_array.reshape(-1, segmentation.Rows, segmentation.Columns)
    mask = np.zeros(grid.shape, bool)
    for groups, frame in zip(segmentation.PerFrameFunctionalGroupsSequence, frames, strict=True):
        mask[slice_of(groups.PlanePositionSequence[0].ImagePositionPatient, grid)] |= frame > 0
    return mask


def refuse_other_plane(segmentation: Dataset, grid: SeriesGrid) -> None:
    shared = segmentation.SharedFunctionalGroupsSequence[0]
    orientation = np.array(shared.PlaneOrientationSequence[0].ImageOrientationPatient, float)
    spacing_mm = np.array(shared.PixelMeasuresSequence[0].PixelSpacing, float)
    size = (segmentation.Rows, segmentation.Columns)
    if size != tuple(grid.shape[1:]):
        raise ValueError(f"frames of {size} pixels, slices of {tuple(grid.shape[1:])}")
    if not np.allclose(orientation, AXIAL, atol=1e-6):
        raise ValueError(f"frames are oriented {orientation.tolist()}, slices {AXIAL}")
    across = np.array(size)
    if np.any(np.abs(spacing_mm - grid.spacing_mm[1:]) * across > POSITION_TOLERANCE * grid.spacing_mm[1:]):
        raise ValueError(f"pixels {spacing_mm.tolist()} mm apart, in the slices {grid.spacing_mm[1:]} mm")


def slice_of(position_lps: list[float], grid: SeriesGrid) -> int:
    """→ k of the slice that a frame lies on"""
    offset = (np.array(position_lps, float) - grid.origin_lps)[::-1] / grid.spacing_mm
    k = int(round(offset[0]))
    if np.any(np.abs(offset - [k, 0, 0]) > POSITION_TOLERANCE) or not 0 <= k < grid.shape[0]:
        raise ValueError(f"a frame at {list(position_lps)} mm lies on none of the slices")
    return k

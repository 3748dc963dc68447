"""NIfTI-1 → canonical arrays. RAS lives here only: everything that leaves is k-j-i along S, P, L."""

import gzip
import zlib
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import NamedTuple

import nibabel
import numpy as np
from nibabel.filebasedimages import ImageFileError
from nibabel.spatialimages import HeaderDataError

GZIP_MAGIC = b"\x1f\x8b"
HEADER_BYTES = 348
# Stored axes that serve the patient's
ORDERS = ((0, 1, 2), (1, 0, 2), (0, 2, 1), (2, 1, 0), (1, 2, 0), (2, 0, 1))
LEAST_GAIN = 1e-6  # of two orders: what is less is rounding
UNIT_BITS = 7  # of the header's units, that are of lengths
MILLIMETRES = {1: 1000.0, 3: 0.001}  # in metres and micrometres; all else is taken for millimetres


class CanonicalVolume(NamedTuple):
    voxels: np.ndarray  # (K, J, I) = (Superior, Posterior, Left)
    spacing_mm: tuple[float, float, float]  # along k, j, i


def lps_affine(header: nibabel.Nifti1Header) -> np.ndarray:
    """(4, 4) voxel (i, j, k as stored) → LPS mm: by the sform, else the qform, else the voxels' sides alone.

    Raises ValueError where an axis has no length.
    """
    unit_mm = MILLIMETRES.get(int(header["xyzt_units"]) & UNIT_BITS, 1.0)
    affine = np.diag([-unit_mm, -unit_mm, unit_mm, 1.0]) @ header.get_best_affine()
    lengths = np.linalg.norm(affine[:3, :3], axis=0)
    if not (np.isfinite(affine).all() and (lengths > 0).all()):
        raise ValueError(f"the header's axes have lengths of {lengths} mm")
    return affine


def voxels_of(image: nibabel.Nifti1Image, as_stored: bool) -> np.ndarray:
    """In the units that the header scales them to, or as stored; raises ValueError of several volumes"""
    if as_stored or (image.dataobj.slope, image.dataobj.inter) == (1, 0):
        voxels = np.asarray(image.dataobj.get_unscaled())
    else:
        voxels = image.get_fdata(dtype=np.float32)
    if voxels.ndim < 3 or any(n > 1 for n in voxels.shape[3:]):
        raise ValueError(f"{voxels.shape} (i, j, k, …) is not one volume")
    return voxels.reshape(voxels.shape[:3])


def read_canonical(path: Path, as_stored: bool = False) -> CanonicalVolume:
    """Axes are permuted and flipped to the closest of Left, Posterior, Superior; never resampled.

    as_stored: integers without the header's scale. Raises ValueError of what is no volume.
    """
    raw = path.read_bytes()
    try:
        if raw[:2] == GZIP_MAGIC:
            raw = gzip.decompress(raw)
        image = nibabel.Nifti1Image.from_bytes(raw)
        stored = voxels_of(image, as_stored)
        to_lps = lps_affine(image.header)[:3, :3]
    except (ValueError, OSError, EOFError, zlib.error, ImageFileError, HeaderDataError) as error:
        raise ValueError(f"{path.name}: {error}") from error
    spacing = np.linalg.norm(to_lps, axis=0)
    directions = to_lps / spacing
    axes = nearest_axes(directions)
    voxels = stored.transpose(axes)
    flips = [axis for axis, source in enumerate(axes) if directions[axis, source] < 0]
    voxels = np.flip(voxels, flips).transpose(2, 1, 0)
    k, j, i = (float(spacing[axes[axis]]) for axis in (2, 1, 0))
    return CanonicalVolume(np.ascontiguousarray(voxels), (k, j, i))


def corners_mm(path: Path) -> np.ndarray:
    """→ (8, 3) LPS, where the corner voxels of the canonical array lie; k changes slowest"""
    with path.open("rb") as file:
        is_compressed = file.read(len(GZIP_MAGIC)) == GZIP_MAGIC
    with gzip.open(path) if is_compressed else path.open("rb") as file:
        header = nibabel.Nifti1Header.from_fileobj(BytesIO(file.read(HEADER_BYTES)))
    last = np.array(header.get_data_shape()[:3]) - 1
    to_lps = lps_affine(header)
    directions = to_lps[:3, :3] / np.linalg.norm(to_lps[:3, :3], axis=0)
    axes = nearest_axes(directions)
    corners = []
    for far in product((0, 1), repeat=3):  # k, j, i
        stored = np.zeros(3)
        for axis, source in enumerate(axes):
            is_flipped = directions[axis, source] < 0
            stored[source] = last[source] * (far[2 - axis] != is_flipped)
        corners.append(to_lps[:3, :3] @ stored + to_lps[:3, 3])
    return np.array(corners)


def nearest_axes(directions: np.ndarray) -> tuple[int, int, int]:
    """For each patient axis (L, P, S) the stored axis that serves it, each used once: as they agree most
    together, and as the server has it; of equals the first of the orders."""

    def agreement(order: tuple[int, int, int]) -> float:
        return sum(abs(float(directions[patient, source])) for patient, source in enumerate(order))

    best = ORDERS[0]
    for order in ORDERS[1:]:
        if agreement(order) > agreement(best) + LEAST_GAIN:
            best = order
    return best

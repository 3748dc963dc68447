"""NIfTI-1 → canonical arrays. RAS lives here only: everything that leaves is k-j-i along S, P, L."""

import gzip
import struct
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np

DTYPES = {2: "u1", 4: "i2", 8: "i4", 16: "f4", 64: "f8", 256: "i1", 512: "u2"}
GZIP_MAGIC = b"\x1f\x8b"
HEADER_BYTES = 348


class CanonicalVolume(NamedTuple):
    voxels: np.ndarray  # (K, J, I) = (Superior, Posterior, Left)
    spacing_mm: tuple[float, float, float]  # along k, j, i


def affine_of(header: bytes) -> np.ndarray:
    """(4, 4) voxel (i, j, k as stored) → RAS mm; every file of this project carries an sform."""
    rows = [struct.unpack_from("<4f", header, offset) for offset in (280, 296, 312)]
    return np.array([*rows, (0, 0, 0, 1)], np.float64)


def read_canonical(path: Path) -> CanonicalVolume:
    """Axes are permuted and flipped to the closest of Left, Posterior, Superior; never resampled."""
    raw = path.read_bytes()
    if raw[:2] == GZIP_MAGIC:
        raw = gzip.decompress(raw)
    shape = struct.unpack_from("<3h", raw, 42)
    dtype = np.dtype("<" + DTYPES[struct.unpack_from("<h", raw, 70)[0]])
    offset = int(struct.unpack_from("<f", raw, 108)[0])
    stored = np.frombuffer(raw, dtype, int(np.prod(shape)), offset).reshape(shape, order="F")
    to_lps = np.diag([-1.0, -1.0, 1.0]) @ affine_of(raw)[:3, :3]
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
        header = file.read(HEADER_BYTES)
    last = np.array(struct.unpack_from("<3h", header, 42)) - 1
    to_lps = np.diag([-1.0, -1.0, 1.0, 1.0]) @ affine_of(header)
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
    """For each patient axis (L, P, S) the stored axis closest to it, each used once, best match first."""
    weights = np.abs(directions)
    chosen: dict[int, int] = {}
    for flat in np.argsort(-weights, axis=None):
        patient, source = divmod(int(flat), 3)
        if patient not in chosen and source not in chosen.values():
            chosen[patient] = source
    return chosen[0], chosen[1], chosen[2]

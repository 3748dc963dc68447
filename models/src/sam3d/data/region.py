"""The cube around a click: which zoom level, and where on the lattice of that level.

Canonical voxel space of a level: axes (i, j, k) = patient (Left, Posterior, Superior) as nearly as the
volume's own axes allow; unit = the level's spacing; the volume's low edge corner is at coordinate 0, so
that voxel 0 of the level covers [0, 1) and its centre lies at 0.5.
"""

import math
from dataclasses import dataclass

import numpy as np

CUBE = 64
SPACINGS_MM = (4.5, 3.2, 2.25, 1.6, 1.125, 0.8)  # coarse to fine, about √2 apart
LATTICE_VOXELS = 8
LOOKS = 3  # at a first click
LEVELS_BETWEEN_LOOKS = 2
# Along the middle one of the three sides of the volume's voxels: a closer look shows nothing further.
FINEST_LOOK_CELLS = 3


@dataclass(frozen=True)
class Region:
    spacing_mm: float
    corner: tuple[int, int, int]  # (i, j, k) of the cube's minimum corner, in the level's voxels

    def to_voxel(self, point_mm: np.ndarray) -> np.ndarray:
        """(…, 3) mm from the volume's low edge corner → voxel index in the cube, centres at integers"""
        return np.asarray(point_mm) / self.spacing_mm - np.asarray(self.corner) - 0.5

    def to_mm(self, voxel: np.ndarray) -> np.ndarray:
        return (np.asarray(voxel) + 0.5 + np.asarray(self.corner)) * self.spacing_mm


def round_half_up(value: float) -> int:
    """As Math.round does, so that both languages choose the same corner."""
    return math.floor(value + 0.5)


def snapped_region(centre_mm: np.ndarray, spacing_mm: float, cube: int = CUBE) -> Region:
    """The lattice cube whose centre lies within half a lattice step of the point, on each axis."""
    centre_voxel = np.asarray(centre_mm, np.float64) / spacing_mm
    corner = [round_half_up((c - cube / 2) / LATTICE_VOXELS) * LATTICE_VOXELS for c in centre_voxel.tolist()]
    return Region(spacing_mm, (corner[0], corner[1], corner[2]))


def finest_spacing_mm(side_mm: float) -> float:
    """The finest level whose cube is at least side_mm wide, else the coarsest level."""
    fitting = [spacing for spacing in SPACINGS_MM if spacing * CUBE >= side_mm]
    return min(fitting, default=max(SPACINGS_MM))


def look_spacings_mm(side_mm: float, voxel_mm: float) -> tuple[float, ...]:
    """The levels that a first click looks at in a volume so wide, of voxels whose middle side is voxel_mm;
    about a factor of 2 apart, coarse first."""
    widest = SPACINGS_MM.index(finest_spacing_mm(side_mm))
    first, *closer = SPACINGS_MM[widest::LEVELS_BETWEEN_LOOKS][:LOOKS]
    return first, *(spacing for spacing in closer if spacing * FINEST_LOOK_CELLS >= voxel_mm)

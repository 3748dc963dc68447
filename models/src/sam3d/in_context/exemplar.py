"""An exemplar of one structure, as the query is compared with it."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy import ndimage

from sam3d.data.region import Region, snapped_region
from sam3d.data.region_image import Volume

from .cells import CELL_VOXELS, cell_masks, cell_places_mm, described, within_steps
from .settings import SETTINGS, LikenessSettings

FILLED = 0.3  # a cell that the mask fills as far is one of the structure
Embedded = Callable[[Volume, Region], dict[str, np.ndarray]]


class Bounds(NamedTuple):
    low_mm: np.ndarray  # (3,) k, j, i
    high_mm: np.ndarray

    @property
    def centre_mm(self) -> np.ndarray:
        return (self.low_mm + self.high_mm) / 2

    @property
    def side_mm(self) -> float:
        return float((self.high_mm - self.low_mm).max())


class Exemplar(NamedTuple):
    share: np.ndarray  # (n, n, n) of the cells that the mask fills
    places_mm: np.ndarray  # (3, n, n, n) k, j, i, from the structure's centre
    token_features: np.ndarray  # (m, channels)
    token_places_mm: np.ndarray  # (m, 3)
    token_targets: np.ndarray  # (m, TARGETS)


def bounds_of(mask: np.ndarray, volume: Volume) -> Bounds:
    """mask (K, J, I) bool, not empty"""
    box = ndimage.find_objects(mask.astype(np.uint8))[0]
    low = np.array([part.start for part in box])
    high = np.array([part.stop for part in box])
    return Bounds(low * volume.spacing_mm, high * volume.spacing_mm)


def reach_steps(side_mm: float, spacing_mm: float, settings: LikenessSettings) -> int:
    """Cells around a structure that say what lies about it"""
    return max(2, int(settings.reach * side_mm / (CELL_VOXELS * spacing_mm) + 0.5))


def evenly_chosen(cells: np.ndarray, count: int) -> np.ndarray:
    """(n, n, n) bool → at most so many of them, every m-th in k-j-i order"""
    at = np.flatnonzero(cells)
    chosen = np.zeros(cells.size, bool)
    chosen[at[:: max(1, -(-len(at) // count))]] = True
    return chosen.reshape(cells.shape)


def blurred(share: np.ndarray, radius: int) -> np.ndarray:
    """Mean over a cube of cells about each; what is outside counts as the nearest inside"""
    return ndimage.uniform_filter(share, 2 * radius + 1, mode="nearest")


def targets_of(share: np.ndarray) -> np.ndarray:
    """What a cell's features should foretell: the mask, and how deep in or far from it the cell is.
    → (TARGETS, n, n, n)"""
    return np.stack([share, blurred(share, 1), blurred(share, 3)])


def exemplar_of(
    volume: Volume,
    mask: np.ndarray,
    spacing_mm: float,
    side_mm: float,
    tokens: int,
    embedded: Embedded,
    settings: LikenessSettings = SETTINGS,
) -> Exemplar:
    """side_mm: of the structure, in all exemplars; tokens: at most so many"""
    centre_mm = bounds_of(mask, volume).centre_mm
    region = snapped_region(centre_mm[::-1], spacing_mm)
    share, inside = cell_masks(mask, volume, region)
    places_mm = cell_places_mm(region) - centre_mm[:, None, None, None]
    reached = within_steps(share > FILLED, reach_steps(side_mm, spacing_mm, settings)) & inside
    chosen = evenly_chosen(reached, tokens)
    return Exemplar(
        share,
        places_mm,
        described(embedded(volume, region), chosen),
        places_mm[:, chosen].T,
        targets_of(share)[:, chosen].T,
    )

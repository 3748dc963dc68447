"""Where in a volume the structure may lie: near its usual place, and where its features are found again."""

from collections.abc import Callable, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
from scipy import ndimage, signal

from sam3d.data.region import CUBE, LATTICE_VOXELS, Region, finest_spacing_mm, snapped_region
from sam3d.data.region_image import Volume

from .cells import CELL_VOXELS, CELLS, cell_masks, cell_places_mm, described
from .exemplar import Bounds, blurred, evenly_chosen, targets_of
from .propagate import shift_weights
from .readout import ReadOut, fitted_read_out
from .settings import SETTINGS, LikenessSettings

STRIDE_VOXELS = CUBE // 2
BLURRED = 1  # of the targets, what is looked for: a mask whose border is soft
MARGIN_CELLS = 2  # about the structure, that should be empty of it
LEAST_ENERGY = 1e-3

Embedded = Callable[[Volume, Region], dict[str, np.ndarray]]


class Known(NamedTuple):
    volume: Volume
    mask: np.ndarray  # (K, J, I) bool
    bounds: Bounds


class Finder(NamedTuple):
    """What a structure looks like at a level, against all else in its exemplars' regions."""

    spacing_mm: float
    read_out: ReadOut
    shape: np.ndarray  # (2r + 1,) * 3: the mean mask about its centre, of mean 0 and norm 1


class Foretold(NamedTuple):
    """What the features say of a level"""

    spacing_mm: float
    corner: np.ndarray  # (3,) k, j, i: voxel of the level that cell 0 begins at
    cells: np.ndarray  # (K, J, I), not negative, 0 outside the volume
    inside: np.ndarray  # (K, J, I) bool


def usual_place_mm(query: Volume, known: Sequence[Known]) -> np.ndarray:
    """The mean relative place → (3,) mm k, j, i from the query's low edge corner"""
    return np.mean([one.bounds.centre_mm / one.volume.extent_mm for one in known], 0) * query.extent_mm


def place_spread_mm(query: Volume, known: Sequence[Known], settings: LikenessSettings) -> np.ndarray:
    """How far the usual place may be off → (3,) k, j, i: as exemplars differ, and as places usually do"""
    shares = np.array([one.bounds.centre_mm / one.volume.extent_mm for one in known])
    squares = ((shares - shares.mean(0)) ** 2).sum(0)
    return np.sqrt((settings.usual_spread**2 + squares) / len(known)) * query.extent_mm


def finder_of(
    known: Sequence[Known], spacing_mm: float, side_mm: float, embedded: Embedded, settings: LikenessSettings
) -> Finder:
    radius = min(CELLS // 2 - 1, int(side_mm / 2 / (CELL_VOXELS * spacing_mm)) + MARGIN_CELLS)
    features, targets = [], []
    shape = np.zeros((2 * radius + 1,) * 3)
    for one in known:
        region = snapped_region(one.bounds.centre_mm[::-1], spacing_mm)
        share, inside = cell_masks(one.mask, one.volume, region)
        chosen = evenly_chosen(inside, settings.tokens // len(known))
        features.append(described(embedded(one.volume, region), chosen))
        targets.append(targets_of(share)[:, chosen].T)
        first_mm = cell_places_mm(region)[:, 0, 0, 0] - one.bounds.centre_mm
        shifts = -first_mm / (CELL_VOXELS * spacing_mm) - radius
        k, j, i = (shift_weights(2 * radius + 1, CELLS, float(shift)) for shift in shifts)
        shape += np.matmul(np.matmul(j, np.tensordot(k, share, (1, 0))), i.T)
    shape = blurred(shape, 1)
    shape -= shape.mean()
    read_out = fitted_read_out(np.concatenate(features), np.concatenate(targets), settings.ridge)
    return Finder(spacing_mm, read_out, shape / np.linalg.norm(shape))


def corners_along(length_mm: float, spacing_mm: float) -> list[int]:
    """Low corners of the cubes that cover an axis, on the lattice"""
    beyond = int(np.ceil(length_mm / spacing_mm)) - CUBE
    if beyond <= 0:
        return [int(np.floor(beyond / 2 / LATTICE_VOXELS + 0.5)) * LATTICE_VOXELS]
    return [*range(0, beyond, STRIDE_VOXELS), -(-beyond // LATTICE_VOXELS) * LATTICE_VOXELS]


def searched_place_mm(
    query: Volume,
    finder: Finder,
    regions: Sequence[Region],
    expected_mm: np.ndarray,
    spread_mm: np.ndarray,
    embedded: Embedded,
    settings: LikenessSettings = SETTINGS,
) -> np.ndarray:
    """Where the mean mask best meets what the features foretell, near to where it is expected.

    regions: of the finder's level; expected_mm, spread_mm (3,) k, j, i from the query's low edge corner
    → (3,) likewise
    """
    whole = np.ones(query.voxels.shape, bool)
    corners = np.array([one.corner[::-1] for one in regions])
    low = corners.min(0)
    shape = (corners.max(0) - low) // CELL_VOXELS + CELLS
    foretold, inside = np.zeros(shape, np.float32), np.zeros(shape, bool)
    count = np.zeros(shape, np.float32)
    for region, corner in zip(regions, corners, strict=True):
        seen = cell_masks(whole, query, region).inside
        read = finder.read_out.of(described(embedded(query, region), seen))[:, BLURRED]
        at = tuple(slice(c, c + CELLS) for c in (corner - low) // CELL_VOXELS)
        foretold[at][seen] += np.maximum(read, 0)
        count[at][seen] += 1
        inside[at] |= seen
    foretold /= np.maximum(count, 1)
    found = Foretold(finder.spacing_mm, low, foretold, inside)
    return best_place_mm(found, finder.shape, expected_mm, spread_mm, settings.likely_step)


def best_place_mm(
    foretold: Foretold, shape: np.ndarray, expected_mm: np.ndarray, spread_mm: np.ndarray, likely_step: float
) -> np.ndarray:
    """shape (a, a, a), of odd side, mean 0 and norm 1 → (3,) mm k, j, i"""
    alike = signal.correlate(foretold.cells, shape, "same", "auto")
    squares = ndimage.uniform_filter(foretold.cells**2, shape.shape[0], mode="constant")
    alike = alike / np.sqrt(np.maximum(squares * shape.size, LEAST_ENERGY))
    axes = [
        (np.arange(n) * CELL_VOXELS + CELL_VOXELS / 2 + corner) * foretold.spacing_mm
        for n, corner in zip(alike.shape, foretold.corner, strict=True)
    ]
    places_mm = np.stack(np.meshgrid(*axes, indexing="ij"), -1)  # (K, J, I, 3)
    off = (((places_mm - expected_mm) / spread_mm) ** 2).sum(-1)
    chances = np.where(foretold.inside, alike / likely_step - off / 2, -np.inf)
    best = np.unravel_index(int(chances.argmax()), chances.shape)
    about = tuple(slice(max(0, b - 2), b + 3) for b in best)
    weights = np.exp(chances[about] - chances[best])
    return (places_mm[about] * weights[..., None]).sum((0, 1, 2)) / weights.sum()


def wide_spacing_mm(query: Volume, spacing_mm: float) -> float | None:
    """Of the level at which all of a volume is looked at first; None where a region about the structure shows
    it all"""
    extent_mm = float(query.extent_mm.max())
    return None if extent_mm <= CUBE * spacing_mm else max(spacing_mm, finest_spacing_mm(extent_mm))


def wide_regions(query: Volume, spacing_mm: float) -> list[Region]:
    corners = [corners_along(float(extent), spacing_mm) for extent in query.extent_mm]
    return [Region(spacing_mm, (i, j, k)) for k, j, i in product(*corners)]

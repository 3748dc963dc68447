"""The border that readers are shown: a random walker with the model's probability as prior (Grady 2005) in a
wide band about the model's own border. It follows the image further than `refinement` does, which the model's
next answer starts from; where it leads too far from what the model means, it is not followed. The server's
TypeScript mirrors it."""

from dataclasses import dataclass

import numpy as np

from .refinement import as_clicked, clicked_voxels, neighbours_of

LEAST_PASSAGE = 1e-6
PROBABILITY_LIMIT = 1e-3  # certainty beyond it says nothing more


@dataclass(frozen=True)
class BorderWalk:
    modalities: tuple[str, ...] = ("CT", "MR")  # speckle (US) has edges everywhere, and PET gains nothing
    channel: int = 1  # of the image: the window that the region's middle decides
    reach_voxels: int = 8  # from the model's border on, in steps to a face neighbour
    contrast: float = 750.0  # of a squared step of intensity, in an image in [-1, 1]
    prior_chance: float = 1 / 600  # of believing the model, against one step to a neighbour
    sweeps: int = 30  # of successive over-relaxation, red and black
    over_relaxation: float = 1.85
    least_agreement: float = 0.8  # Dice with the model's mask; what agrees less is not followed


def walked_logits(
    walk: BorderWalk, logits: np.ndarray, image: np.ndarray, coords: np.ndarray, labels: np.ndarray
) -> np.ndarray:
    """logits (n, n, n), image (C, n, n, n), coords (N, 3) voxel (i, j, k), labels (N,) → (n, n, n)"""
    shape = logits.shape
    flat = logits.astype(np.float32).ravel()
    mask = flat > 0
    band = band_about_border(mask.reshape(shape), walk.reach_voxels)
    seeds, seeded = seeds_of(coords, labels, shape)
    band[seeds] = False
    free = np.flatnonzero(band & inner(shape).ravel())
    chance = mask.astype(np.float32)
    prior = (1 / (1 + np.exp(-flat[free]))).astype(np.float32)
    chance[free] = prior
    chance[seeds] = seeded
    neighbours, _ = neighbours_of(free, shape)  # all exist: none of these lies on a face
    values = image[walk.channel].astype(np.float32).ravel()
    steps = values[neighbours] - values[free]
    passages = np.exp(np.float32(-walk.contrast) * steps * steps) + np.float32(LEAST_PASSAGE)
    total = passages.sum(0)
    shares = passages / (total * np.float32(1 + walk.prior_chance))
    believed = prior * np.float32(walk.prior_chance / (1 + walk.prior_chance))
    colour = np.sum(np.unravel_index(free, shape), axis=0) % 2
    halves = [np.flatnonzero(colour == side) for side in (0, 1)]
    for _ in range(walk.sweeps):
        for half in halves:
            there = free[half]
            wanted = believed[half] + (shares[:, half] * chance[neighbours[:, half]]).sum(0)
            chance[there] += np.float32(walk.over_relaxation) * (wanted - chance[there])
    walked = chance > 0.5
    if 2 * np.count_nonzero(walked & mask) < walk.least_agreement * (walked.sum() + mask.sum()):
        return as_clicked(logits, coords, labels)
    certain = np.clip(chance[free], PROBABILITY_LIMIT, 1 - PROBABILITY_LIMIT)
    flat[free] = np.log(certain / (1 - certain))
    return as_clicked(flat.reshape(shape), coords, labels)


def band_about_border(mask: np.ndarray, reach_voxels: int) -> np.ndarray:
    """mask (n, n, n) bool → flat, bool: the voxels on both sides of its border, and those some steps off"""
    band = np.zeros(mask.shape, bool)
    for axis in range(3):
        ahead, behind = neighbouring(band, axis)
        low, high = neighbouring(mask, axis)
        ahead |= low != high
        behind |= low != high
    for _ in range(reach_voxels):
        grown = band.copy()
        for axis in range(3):
            (ahead, behind), (low, high) = neighbouring(grown, axis), neighbouring(band, axis)
            ahead |= high
            behind |= low
        band = grown
    return band.ravel()


def neighbouring(cube: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """Views of all but the last, and of all but the first, along an axis"""
    moved = np.moveaxis(cube, axis, 0)
    return moved[:-1], moved[1:]


def inner(shape: tuple[int, ...]) -> np.ndarray:
    """All but the outermost voxels: there the model's mask stays"""
    inside = np.zeros(shape, bool)
    inside[1:-1, 1:-1, 1:-1] = True
    return inside


def seeds_of(coords: np.ndarray, labels: np.ndarray, shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Flat indices of the clicked voxels and their neighbours, and the chance there, 0 or 1. A click outranks
    a neighbour of another, a later click an earlier one."""
    chances: dict[int, float] = {}
    clicked = clicked_voxels(coords, shape)
    chosen = np.where(np.asarray(labels) > 0.5, 1.0, 0.0)
    neighbours, _ = neighbours_of(clicked, shape)
    for around, chance in zip(neighbours.T, chosen, strict=True):
        chances |= dict.fromkeys(around.tolist(), float(chance))
    chances |= dict(zip(clicked.tolist(), chosen.tolist(), strict=True))
    return np.array(list(chances), int), np.array(list(chances.values()), np.float32)

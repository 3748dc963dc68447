"""The masks of exemplars, put where the query's structure is thought to be."""

from collections.abc import Sequence

import numpy as np

from .cells import CELL_VOXELS, CELLS
from .exemplar import Exemplar


def shift_weights(count: int, length: int, shift: float) -> np.ndarray:
    """→ (count, length): linear interpolation at n + shift, 0 outside"""
    position = np.arange(count) + shift
    low = np.floor(position).astype(np.int64)
    weights = np.zeros((count, length), np.float32)
    for rows, columns, share in (
        (np.arange(count), low, 1 - (position - low)),
        (np.arange(count), low + 1, position - low),
    ):
        held = (columns >= 0) & (columns < length)
        weights[rows[held], columns[held]] += share[held].astype(np.float32)
    return weights


def propagated(exemplars: Sequence[Exemplar], places_mm: np.ndarray, spacing_mm: float) -> np.ndarray:
    """The mean of the masks → (n, n, n)

    places_mm (3, n, n, n): the query's cells, from the structure's centre"""
    total = np.zeros(places_mm.shape[1:], np.float32)
    for exemplar in exemplars:
        shifts = (places_mm[:, 0, 0, 0] - exemplar.places_mm[:, 0, 0, 0]) / (CELL_VOXELS * spacing_mm)
        k, j, i = (shift_weights(CELLS, CELLS, float(shift)) for shift in shifts)
        total += np.matmul(np.matmul(j, np.tensordot(k, exemplar.share, (1, 0))), i.T)
    return total / len(exemplars)

"""What one accepted case teaches, as sums that say nothing of single voxels."""

from typing import NamedTuple

import numpy as np
from scipy import ndimage

from .features import Opening, features_of
from .hidden_layer import expanded
from .lattice import on_lattice

NEAR_STEPS = 4  # of the lattice, about what is or was taken for the structure
FAR_EVERY = 2  # of the lattice's voxels, along each axis
FAR_WEIGHT = 0.16  # of such a voxel, against one nearby
RIDGE = 1e-3  # against one case's evidence


class Evidence(NamedTuple):
    """The normal equations of least squares"""

    gram: np.ndarray  # (d, d)
    moment: np.ndarray  # (d,)


def voxel_weights(answered: np.ndarray, accepted: np.ndarray) -> np.ndarray:
    """(m, m, m) bool each → (m, m, m), 0 where a voxel does not count"""
    near = ndimage.binary_dilation(answered | accepted, iterations=NEAR_STEPS)
    weights = np.zeros(near.shape)
    weights[::FAR_EVERY, ::FAR_EVERY, ::FAR_EVERY] = FAR_WEIGHT
    weights[near] = 1
    return weights


def evidence_of(opening: Opening, accepted: np.ndarray) -> Evidence:
    """accepted (n, n, n) bool: the mask that the reader was content with, in the opening's region"""
    logits, wanted = on_lattice(opening.logits).astype(np.float64), on_lattice(accepted)
    weights = voxel_weights(logits > 0, wanted).ravel()
    counted = weights > 0
    share = weights[counted] / weights.sum()
    seen = expanded(features_of(opening)[counted])
    missing = (wanted - 1 / (1 + np.exp(-logits))).ravel()[counted]
    weighted = seen * share[:, None]
    return Evidence(weighted.T @ seen, weighted.T @ missing)


def least_squares(evidence: list[Evidence]) -> np.ndarray:
    """→ (d,): what is added to a probability, a feature"""
    gram = sum(one.gram for one in evidence) + RIDGE * np.eye(len(evidence[0].gram))
    return np.linalg.solve(gram, sum(one.moment for one in evidence))

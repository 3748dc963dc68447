"""Which of what a box holds is meant: a box says how large a structure is, and not where in it. The server
mirrors it.

The model is asked without a place first. Where its answer leaves faces of the box unreached, and for every
box in a slice, it is asked with an include click at each of several places, too. Then what it expects most of
is taken, unless that leaves faces unreached, or fills the box as its surroundings would.
"""

import math
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class BoxProbes:
    offset: float = 0.2  # of the places from the box's middle, of its sides
    most_unreached: float = 0.15  # of the sides of a box in space, together: such an answer is taken at once
    unreached_weight: float = 0.3  # of a side of the box that an answer lacks, against the IoU expected of it
    slack: float = 0.05  # of a side: boxes are drawn a little too large
    fill_weight: float = 0.7  # of the share of a box in space that an answer fills
    unprobed_bonus: float = 0.1  # in space: of the answer without a place


def probes_in(
    probes: BoxProbes, low: np.ndarray, high: np.ndarray, across: int | None = None
) -> list[np.ndarray]:
    """The middle of a box, and a place to both sides of it along each axis that the box limits.

    low, high (3,) its faces, in any space; across: an axis that it does not limit
    → (3,) each, the middle first
    """
    middle = (low + high) / 2
    limited = [axis for axis in range(3) if axis != across]
    return [middle] + [
        middle + sign * probes.offset * (high - low) * np.eye(3)[axis] for axis in limited for sign in (-1, 1)
    ]


def trust_in(
    probes: BoxProbes,
    logits: np.ndarray,
    expected_iou: float,
    is_probed: bool,
    low: np.ndarray,
    high: np.ndarray,
    across: int | None = None,
) -> float:
    """logits (n, n, n) of an answer; low, high (3,) the box's faces and across one of i, j, k, in its voxels
    → higher is better, -inf of an answer with nothing in the box"""
    trust = expected_iou - probes.unreached_weight * unreached_in(probes, logits, low, high, across)
    if across is not None or trust == -math.inf:
        return trust
    bonus = 0 if is_probed else probes.unprobed_bonus
    return trust - probes.fill_weight * float(inside_of(logits, low, high).mean()) + bonus


def unreached_in(
    probes: BoxProbes, logits: np.ndarray, low: np.ndarray, high: np.ndarray, across: int | None = None
) -> float:
    """→ of the sides of the box, together; inf of an answer with nothing in the box"""
    inside = inside_of(logits, low, high)
    if not inside.any():
        return math.inf
    count = logits.shape[0]
    return sum(
        missing(probes, inside, axis, voxels_between(low[axis], high[axis], count)[0], low[axis], high[axis])
        for axis in range(3)
        if axis != across
    )


def inside_of(logits: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """logits (n, n, n) → of an answer, what lies in the box: (k, j, i) bool"""
    places = [voxels_between(low[axis], high[axis], logits.shape[0]) for axis in (2, 1, 0)]
    return logits[tuple(slice(first, last + 1) for first, last in places)] > 0


def voxels_between(low: float, high: float, count: int) -> tuple[int, int]:
    """The first and the last whose centres lie between two faces; where none does, the nearest"""
    first, last = math.ceil(low), math.floor(high)
    if first > last:
        first = last = math.floor((low + high) / 2 + 0.5)
    return min(max(first, 0), count - 1), min(max(last, 0), count - 1)


def missing(probes: BoxProbes, inside: np.ndarray, axis: int, first: int, low: float, high: float) -> float:
    """Of a side of the box along i, j or k, at both its ends; inside (k, j, i) begins at a voxel"""
    reached = np.flatnonzero(inside.any(tuple(other for other in range(3) if other != 2 - axis))) + first
    side = high - low
    gaps = (reached[0] - 0.5 - low) / side, (high - reached[-1] - 0.5) / side
    return sum(max(0.0, gap - probes.slack) for gap in gaps)

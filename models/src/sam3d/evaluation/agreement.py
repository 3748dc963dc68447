"""What answers to one volume have in common; the server does the same arithmetic (domain/agreement.ts)."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from .metrics import dice


def class_agreements(answers: Sequence[np.ndarray], classes: int) -> list[float | None]:
    """answers: labelmaps (K, J, I) of one grid → mean Dice of all pairs, a class; None: no answer has it"""
    found: list[float | None] = []
    for value in range(1, classes + 1):
        masks = [answer == value for answer in answers]
        pairs = [dice(one, other) for one, other in combinations(masks, 2) if one.any() or other.any()]
        found.append(float(np.mean(pairs)) if pairs else None)
    return found


def mean_agreement(agreements: Sequence[float | None]) -> float | None:
    """Of the classes that were found, each counting the same"""
    known = [value for value in agreements if value is not None]
    return float(np.mean(known)) if known else None

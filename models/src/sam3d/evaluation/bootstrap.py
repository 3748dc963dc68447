"""How far a mean over few patients is to be trusted."""

from typing import NamedTuple

import numpy as np

RESAMPLES = 2000
SEED = 0
PERCENTILES = (2.5, 97.5)


class SetScores(NamedTuple):
    patients: tuple[str, ...]  # one a case
    scores: np.ndarray  # (n, c): n cases, c scores each


def mean_of_sets(sets: list[SetScores]) -> np.ndarray:
    """→ (c,), sets of equal weight"""
    return np.mean([one.scores.mean(0) for one in sets], 0)


def interval_of_mean(sets: list[SetScores]) -> np.ndarray:
    """95 % percentile interval of the mean over sets of equal weight → (2, c)

    Patients are drawn again within each set. Sets of the same patients draw the same ones: structures of one
    patient succeed or fail together, and are no more patients than there are.
    """
    rng = np.random.default_rng(SEED)
    drawn: dict[tuple[str, ...], np.ndarray] = {}
    means = []
    for patients, scores in sets:
        if patients not in drawn:
            drawn[patients] = rng.integers(len(patients), size=(RESAMPLES, len(patients)))
        means.append(scores[drawn[patients]].mean(1))  # (RESAMPLES, c)
    return np.percentile(np.mean(means, 0), PERCENTILES, axis=0)

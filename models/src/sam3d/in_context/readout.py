"""What of the features matters for a structure: a linear read-out in closed form (ridge regression)."""

from typing import NamedTuple

import numpy as np

FLATTEST = 1e-3  # a feature that varies less is none


class ReadOut(NamedTuple):
    mean: np.ndarray  # (channels,) of the features
    deviation: np.ndarray  # (channels,)
    weights: np.ndarray  # (channels, targets)
    target_mean: np.ndarray  # (targets,)
    error: np.ndarray  # (targets,) root mean square, of the tokens themselves

    def of(self, features: np.ndarray) -> np.ndarray:
        """(m, channels) → (m, targets), in units of the error"""
        read = ((features - self.mean) / self.deviation) @ self.weights + self.target_mean
        return (read / self.error).astype(np.float32)


def fitted_read_out(features: np.ndarray, targets: np.ndarray, ridge: float) -> ReadOut:
    """features (m, channels), targets (m, targets)"""
    x, y = features.astype(np.float64), targets.astype(np.float64)
    mean, deviation = x.mean(0), x.std(0) + FLATTEST
    x = (x - mean) / deviation
    target_mean = y.mean(0)
    gram = x.T @ x + len(x) * ridge * np.eye(x.shape[1])
    weights = np.linalg.solve(gram, x.T @ (y - target_mean))
    error = np.sqrt(np.mean((y - target_mean - x @ weights) ** 2, 0)) + FLATTEST
    return ReadOut(mean, deviation, weights, target_mean, error)

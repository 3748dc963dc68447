"""How alike two masks are."""

import numpy as np


def dice(mask: np.ndarray, truth: np.ndarray) -> float:
    return float(2 * (mask & truth).sum() / max(1, int(mask.sum()) + int(truth.sum())))

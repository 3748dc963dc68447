"""Points of a scribble, as the server makes prompts of it."""

import numpy as np

MOST_POINTS = 24  # as many as scribbles have in training
LEAST_STEP_MM = 2.0


def even_stroke(points_mm: np.ndarray, most: int = MOST_POINTS) -> np.ndarray:
    """points_mm (m, 3), in the order drawn → (n, 3) evenly along the stroke, its ends among them"""
    steps = np.linalg.norm(np.diff(points_mm, axis=0), axis=1)
    passed = np.concatenate([[0.0], np.cumsum(steps)])
    count = min(most, int(passed[-1] // LEAST_STEP_MM) + 1)
    if count < 2:
        return points_mm[:1]
    wanted = passed[-1] * np.arange(count) / (count - 1)
    return np.stack([np.interp(wanted, passed, points_mm[:, axis]) for axis in range(3)], 1)

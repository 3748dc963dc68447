"""Overlays show what they are made of, in square pixels."""

import numpy as np
import pytest

pytest.importorskip("PIL", reason="Pillow is not installed: nothing to draw with")

from sam3d.evaluation.methods import END_TO_END, GEODESIC  # noqa: E402
from sam3d.evaluation.pictures import CROSS, LONGER_SIDE, OUTLINE, overlay, shown  # noqa: E402


def drawn() -> np.ndarray:
    """A slice of 80 × 40 mm, truth in its left half, mask in its right"""
    image = np.tile(np.arange(40.0), (40, 1))
    mask, truth = np.zeros((40, 40), bool), np.zeros((40, 40), bool)
    truth[10:30, 2:18] = True
    mask[10:30, 22:38] = True
    return overlay(image, mask, truth, np.array([20, 10]), np.array([2.0, 1.0]))


def test_pixels_are_square() -> None:
    assert drawn().shape == (LONGER_SIDE, LONGER_SIDE // 2, 3)


def test_mask_truth_and_click_are_where_they_belong() -> None:
    canvas = drawn().astype(int)
    step_j, step_i = 16, 8
    outlined = np.argwhere((canvas == OUTLINE).all(2))
    assert outlined.min(0).tolist() == [10 * step_j, 2 * step_i]
    assert outlined.max(0).tolist() == [30 * step_j - 1, 18 * step_i - 1]
    crossed = np.argwhere((canvas == CROSS).all(2))
    assert crossed.mean(0).tolist() == [20.5 * step_j, 10.5 * step_i]
    coloured = np.ptp(canvas, axis=2) > 0
    assert coloured[20 * step_j, 30 * step_i]
    assert not coloured[20 * step_j, 15 * step_i]
    assert canvas[5, 310, 0] > canvas[5, 10, 0]


def test_the_best_the_median_and_the_worst_are_shown() -> None:
    records = [
        {"method": method, "case": f"{method} {first}", "dice": [first, 0.5]}
        for method, scores in ((END_TO_END, (0.3, 0.9, 0.6)), (GEODESIC, (1.0, 0.0)))
        for first in scores
    ]
    found = {rank: record["dice"][0] for rank, record in shown(records).items()}
    assert found == {"best": 0.9, "median": 0.6, "worst": 0.3}

"""Scores of masks whose overlap is known."""

import numpy as np
import pytest

from sam3d.evaluation.metrics import auc, nsd

SIDE = 10
MM = np.ones(3)
SHIFTED_BY_3 = 372 / 488  # of the 488 voxels of a surface, a face and the middle of the other one are too far


def cube(shift_kji: tuple[int, int, int] = (0, 0, 0)) -> np.ndarray:
    mask = np.zeros((40, 40, 40), bool)
    mask[tuple(slice(12 + shift, 12 + shift + SIDE) for shift in shift_kji)] = True
    return mask


def test_surfaces_within_the_tolerance_agree() -> None:
    assert nsd(cube(), cube(), MM) == 1
    assert nsd(cube((0, 0, 1)), cube(), MM) == 1
    assert nsd(cube((0, 0, 1)), cube(), MM, tolerance_mm=0.5) < 1


def test_surfaces_beyond_the_tolerance_do_not() -> None:
    assert nsd(cube((0, 0, 3)), cube(), MM) == pytest.approx(SHIFTED_BY_3)
    assert nsd(cube((3, 0, 0)), cube(), MM) == pytest.approx(SHIFTED_BY_3)
    assert nsd(cube((0, 0, 3)), cube(), MM, tolerance_mm=3) == 1


def test_distances_are_in_mm_along_each_axis() -> None:
    spacing_mm = np.array([3.0, 1.0, 1.0])
    assert nsd(cube((0, 0, 1)), cube(), spacing_mm) == 1
    assert nsd(cube((0, 1, 0)), cube(), spacing_mm) == 1
    # A whole slice of one is 3 mm away from the other; in the slice on the other side only its middle is.
    assert nsd(cube((1, 0, 0)), cube(), spacing_mm) == pytest.approx((488 - 100 - 16) / 488)


def test_the_arrays_border_is_a_surface() -> None:
    full = np.ones((8, 8, 8), bool)
    middle = np.zeros((8, 8, 8), bool)
    middle[3:5, 3:5, 3:5] = True
    assert nsd(full, middle, MM, tolerance_mm=1) == 0
    assert nsd(full, full, MM, tolerance_mm=0) == 1
    assert nsd(full, middle, MM, tolerance_mm=6) == 1


def test_empty_masks() -> None:
    empty = np.zeros_like(cube())
    assert nsd(empty, empty, MM) == 1
    assert nsd(cube(), empty, MM) == nsd(empty, cube(), MM) == 0


def test_area_under_the_curve() -> None:
    assert auc([1.0] * 6) == pytest.approx(1)
    assert auc([0.0, 0.2, 0.4, 0.6, 0.8, 1.0]) == pytest.approx(0.5)
    assert auc([0.0, 1, 1, 1, 1, 1]) == pytest.approx(0.9)

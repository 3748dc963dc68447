"""What the evaluation's reader draws: within what is meant, in one slice, the same in every run."""

import json
from pathlib import Path

import numpy as np
import pytest

from sam3d.evaluation.lasso import surrounded_points
from sam3d.evaluation.outline import outer_outline
from sam3d.evaluation.simulated_drawing import (
    drawn_lasso,
    drawn_scribble,
    drawn_slice_box,
    error_at,
    section_of,
)
from sam3d.evaluation.simulated_reader import GridClick
from sam3d.evaluation.stroke import MOST_POINTS, even_stroke

VECTORS = json.loads((Path(__file__).parent / "vectors" / "drawings.json").read_text(encoding="utf-8"))
SPACING_MM = np.array([3.0, 1.0, 1.5])
SHAPE = (24, 60, 48)
MIDDLE = np.array([11, 30, 22])
SEEDS = range(12)


def ellipsoid() -> np.ndarray:
    k, j, i = np.indices(SHAPE)
    return ((k - 11) / 8) ** 2 + ((j - 30) / 20) ** 2 + ((i - 22) / 14) ** 2 <= 1


def horseshoe() -> np.ndarray:
    """In every axial slice, open to high j"""
    mask = np.zeros(SHAPE, bool)
    mask[4:20, 10:50, 8:40] = True
    mask[4:20, 20:50, 18:30] = False
    return mask


def to_mm(voxels: np.ndarray) -> np.ndarray:
    return voxels * SPACING_MM


def voxels_of(points_mm: np.ndarray) -> tuple[np.ndarray, ...]:
    return tuple(np.floor(points_mm / SPACING_MM + 0.5).astype(int).T)


@pytest.mark.parametrize("case", VECTORS["strokes"], ids=lambda case: case["title"])
def test_strokes_are_the_servers(case: dict) -> None:
    even = even_stroke(np.array(case["points"], float))
    np.testing.assert_allclose(even, case["expected"], atol=VECTORS["toleranceMm"])


@pytest.mark.parametrize("case", VECTORS["lassos"], ids=lambda case: case["title"])
def test_lassos_are_the_servers(case: dict) -> None:
    points = surrounded_points(np.array(case["points"], float))
    np.testing.assert_allclose(points, np.reshape(case["expected"], (-1, 3)), atol=VECTORS["toleranceMm"])


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("spacing_mm", [SPACING_MM, np.ones(3)], ids=["thick slices", "isotropic"])
def test_a_scribble_stays_within(seed: int, spacing_mm: np.ndarray) -> None:
    meant, voxel = horseshoe(), np.array([11, 40, 12])
    rng = np.random.default_rng(seed)
    path = drawn_scribble(section_of(meant, voxel, spacing_mm, rng), True, rng)
    points = even_stroke(to_mm(path.voxels))
    assert meant[voxels_of(points)].all()
    assert sum(np.ptp(path.voxels, axis=0) == 0) >= 1  # in one slice
    assert 2 < len(points) <= MOST_POINTS
    assert (
        np.linalg.norm(points - to_mm(voxel), axis=1).min() < 3
    )  # through the voxel, but for its even steps


@pytest.mark.parametrize("seed", SEEDS)
def test_a_lasso_surrounds_what_is_meant(seed: int) -> None:
    meant = ellipsoid()
    rng = np.random.default_rng(seed)
    path = drawn_lasso(section_of(meant, MIDDLE, SPACING_MM, rng), False, rng)
    points = surrounded_points(to_mm(path.voxels))
    assert not path.include
    assert MOST_POINTS / 2 < len(points) <= MOST_POINTS
    assert np.all(points[:, 0] == to_mm(MIDDLE)[0])  # of thick slices the reader sees the axial ones
    assert meant[voxels_of(points)].all()


def test_an_outline_is_slightly_off() -> None:
    meant = ellipsoid()
    rng = np.random.default_rng(0)
    section = section_of(meant, MIDDLE, SPACING_MM, rng)
    off = drawn_lasso(section, True, rng).voxels[:, 1:] - outer_outline(section.area)
    assert 0.1 < np.abs(off).mean() < 3


@pytest.mark.parametrize("seed", SEEDS)
def test_a_slice_box_holds_the_cross_section(seed: int) -> None:
    truth, voxel = ellipsoid(), np.array([16, 30, 22])
    low, high, axis = drawn_slice_box(truth, voxel, SPACING_MM, np.random.default_rng(seed))
    seen = np.argwhere(truth[16])
    outward = np.concatenate([seen.min(0) - low[1:], high[1:] - seen.max(0)])
    assert (axis, low[0], high[0]) == (0, 16, 16)
    assert np.all(outward >= 0) and np.all(outward <= 3)


@pytest.mark.parametrize("draw", [drawn_scribble, drawn_lasso])
def test_a_case_is_drawn_alike_in_every_run(draw) -> None:
    def drawn(seed: int) -> np.ndarray:
        rng = np.random.default_rng(seed)
        return draw(section_of(ellipsoid(), MIDDLE, np.ones(3), rng), True, rng).voxels

    assert np.array_equal(drawn(1), drawn(1))
    assert not np.array_equal(drawn(1), drawn(2))


@pytest.mark.parametrize("draw", [drawn_scribble, drawn_lasso])
def test_a_single_voxel_can_be_drawn(draw) -> None:
    meant = np.zeros(SHAPE, bool)
    meant[5, 6, 7] = True
    rng = np.random.default_rng(0)
    path = draw(section_of(meant, np.array([5, 6, 7]), SPACING_MM, rng), True, rng)
    points = (surrounded_points if draw is drawn_lasso else even_stroke)(to_mm(path.voxels))
    assert len(points) > 0
    assert np.abs(points / SPACING_MM - [5, 6, 7]).max() < 0.6


def test_a_correction_is_drawn_in_errors_of_one_kind() -> None:
    truth, mask = np.zeros(SHAPE, bool), np.zeros(SHAPE, bool)
    truth[5, 5, 5:10] = True
    mask[5, 5, 8:14] = True
    missed = error_at(mask, truth, GridClick(np.array([5, 5, 6]), True))
    extra = error_at(mask, truth, GridClick(np.array([5, 5, 12]), False))
    assert np.flatnonzero(missed[5, 5]).tolist() == [5, 6, 7]
    assert np.flatnonzero(extra[5, 5]).tolist() == [10, 11, 12, 13]


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_an_outline_surrounds_its_pixels(axis: int) -> None:
    area = horseshoe().take(15, axis)
    area = area if axis != 1 else ellipsoid().take(30, 1)
    a, b = outer_outline(area).T
    surface = abs(np.sum(a * np.roll(b, -1) - np.roll(a, -1) * b)) / 2
    assert surface == np.count_nonzero(area)


def test_an_outline_goes_around_a_hole_and_not_through_it() -> None:
    area = np.zeros((8, 8), bool)
    area[1:7, 1:7] = True
    area[3, 3] = area[4, 5] = False
    assert len(outer_outline(area)) == 4 * 6
    area[1, 2] = area[2, 1] = False  # the corner pixel touches the others no more, but for its corner
    alone = outer_outline(area)
    assert sorted(map(tuple, alone.tolist())) == [(0.5, 0.5), (0.5, 1.5), (1.5, 0.5), (1.5, 1.5)]

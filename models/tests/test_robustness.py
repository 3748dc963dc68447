"""Perturbations change what they say and nothing else."""

from collections.abc import Callable

import numpy as np
import pytest

from conftest import ZOO
from sam3d.data.region_image import Volume
from sam3d.evaluation.cases import Case
from sam3d.evaluation.engine import OnnxEngine
from sam3d.evaluation.perturbations import (
    Scene,
    clipped,
    flipped,
    jittered,
    noisy,
    perturbations,
    rescaled,
    thick,
    turned,
)
from sam3d.evaluation.robustness import CLICKS, applied, chosen_cases, play, record_of
from sam3d.evaluation.robustness_table import UNCHANGED, robustness_section

SHAPE = (7, 20, 30)
SPACING_MM = np.array([3.0, 1.0, 1.5])


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def scene() -> Scene:
    """Every voxel another value; the structure a box off the middle"""
    voxels = rng().permutation(np.prod(SHAPE)).reshape(SHAPE).astype(np.int16)
    truth = np.zeros(SHAPE, bool)
    truth[:5, 2:16, 4:22] = True
    return Scene(Volume(voxels, SPACING_MM), truth, np.array([2, 5, 11]))


def assert_same(one: Scene, other: Scene) -> None:
    assert np.array_equal(one.volume.voxels, other.volume.voxels)
    assert np.array_equal(one.volume.spacing_mm, other.volume.spacing_mm)
    assert np.array_equal(one.truth, other.truth)
    assert np.array_equal(one.click, other.click)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_two_flips_are_none(axis: int) -> None:
    once = flipped(scene(), rng(), axis)
    assert not np.array_equal(once.volume.voxels, scene().volume.voxels)
    assert_same(flipped(once, rng(), axis), scene())


def test_four_turns_are_none() -> None:
    once = turned(scene(), rng())
    assert once.volume.voxels.shape == (7, 30, 20)
    assert once.volume.spacing_mm.tolist() == [3.0, 1.5, 1.0]
    assert_same(turned(turned(turned(once, rng()), rng()), rng()), scene())


@pytest.mark.parametrize(
    "name", ["flipped foot–head", "flipped front–back", "flipped left–right", "turned by 90°"]
)
def test_a_moved_click_hits_the_same_voxel_and_the_mask_comes_back(name: str) -> None:
    perturbation = next(p for p in perturbations() if p.name == name)
    before, after = scene(), applied(perturbation, scene(), "case")
    assert not np.array_equal(after.click, before.click)
    assert after.volume.voxels[tuple(after.click)] == before.volume.voxels[tuple(before.click)]
    assert not np.array_equal(after.truth, before.truth)
    assert perturbation.restore is not None
    assert np.array_equal(perturbation.restore(after.truth), before.truth)


@pytest.mark.parametrize("distance_mm", [2, 5])
def test_a_jittered_click_lies_so_far_off_within_the_structure(distance_mm: float) -> None:
    after = jittered(scene(), rng(), distance_mm)
    moved_mm = np.linalg.norm((after.click - scene().click) * SPACING_MM)
    assert after.truth[tuple(after.click)]
    assert abs(moved_mm - distance_mm) <= np.linalg.norm(SPACING_MM) / 2
    assert np.array_equal(after.volume.voxels, scene().volume.voxels)


def test_a_click_jittered_out_of_a_small_structure_stays_in_it() -> None:
    small = np.zeros(SHAPE, bool)
    small[3, 5, 10:13] = True
    after = jittered(scene()._replace(truth=small), rng(), 200)
    assert small[tuple(after.click)]


def test_clipping_leaves_the_middle_alone() -> None:
    before, after = scene().volume.voxels, clipped(scene(), rng(), (20, 80)).volume.voxels
    low, high = np.percentile(before, (20, 80))
    middle = (before >= low) & (before <= high)
    assert 0.55 < middle.mean() < 0.65
    assert np.array_equal(after[middle], before[middle])
    assert (after.min(), after.max()) == (low, high)


def test_rescaling_is_linear() -> None:
    after = rescaled(scene(), rng(), 0.5, 100).volume.voxels
    assert np.allclose(after, scene().volume.voxels / 2 + 100)


def test_noise_has_the_deviation_asked_for() -> None:
    before, after = scene().volume.voxels, noisy(scene(), rng(), 0.1).volume.voxels
    low, high = np.percentile(before, (1, 99))
    assert np.std(after - before) == pytest.approx(0.1 * (high - low), rel=0.05)


def test_thick_slices_are_means_of_two_along_the_coarsest_axis() -> None:
    before, after = scene(), thick(scene(), rng())
    voxels = before.volume.voxels.astype(float)
    assert after.volume.spacing_mm.tolist() == [6.0, 1.0, 1.5]
    assert np.allclose(after.volume.voxels[1], (voxels[2] + voxels[3]) / 2)
    assert np.allclose(after.volume.voxels[3], voxels[6])
    assert after.truth.any(axis=(1, 2)).tolist() == [True, True, True, False]
    assert after.click.tolist() == [1, 5, 11]


@pytest.mark.parametrize("axis", [1, 2])
def test_thick_slices_run_along_any_axis(axis: int) -> None:
    spacing_mm = np.where(np.arange(3) == axis, 4.0, 1.0)
    after = thick(scene()._replace(volume=Volume(scene().volume.voxels, spacing_mm)), rng())
    halved = [n // 2 if a == axis else n for a, n in enumerate(SHAPE)]
    assert list(after.volume.voxels.shape) == list(after.truth.shape) == halved


@pytest.mark.parametrize("change", [clipped, rescaled, noisy, jittered])
def test_what_keeps_the_grid_keeps_the_truth(change: Callable[..., Scene]) -> None:
    arguments = {clipped: [(20, 80)], rescaled: [0.5, 100], noisy: [0.1], jittered: [5]}[change]
    after = change(scene(), rng(), *arguments)
    assert np.array_equal(after.truth, scene().truth)
    assert np.array_equal(after.volume.spacing_mm, SPACING_MM)


def test_a_perturbation_is_the_same_in_every_run() -> None:
    noise = next(p for p in perturbations() if p.name.startswith("noise"))
    assert_same(applied(noise, scene(), "case"), applied(noise, scene(), "case"))
    assert not np.array_equal(
        applied(noise, scene(), "case").volume.voxels, applied(noise, scene(), "other").volume.voxels
    )


def test_changes_are_against_the_same_cases() -> None:
    one, other = (Case(f"set {name}", name, "", "", 1) for name in "ab")
    records = [
        record_of(one, UNCHANGED, [0.5, 0.6, 0.7], None),
        record_of(one, "noise", [0.4, 0.6, 0.8], 0.9),
        record_of(other, UNCHANGED, [0.9, 0.9, 0.9], None),
        record_of(other, "slices twice as thick", [0.9, 0.9, 0.8], None),
    ]
    table = robustness_section(records).splitlines()
    assert f"| {UNCHANGED} | 2 | .700 / .800 |  |  |" in table
    assert "| noise | 1 | .400 / .800 | -.100 / +.100 | .900 |" in table
    assert "| slices twice as thick | 1 | .900 / .800 | +.000 / -.100 | – |" in table


def test_so_many_cases_a_set_are_chosen() -> None:
    cases = [Case(name, str(n), "", "", 1) for n, name in enumerate(["a 1", "a 1", "a 1", "a 2", "b"])]
    assert [case.entry_id for case in chosen_cases(cases, 2, [])] == ["0", "1", "3", "4"]
    assert [case.entry_id for case in chosen_cases(cases, 2, ["b", "a 2"])] == ["3", "4"]


def test_a_ball_is_played_through_and_found() -> None:
    axis = np.arange(48) - 23.5
    distance = np.sqrt(axis[:, None, None] ** 2 + axis[None, :, None] ** 2 + axis[None, None, :] ** 2)
    ball = distance < 12
    voxels = np.where(ball, 100, 0) + rng().normal(0, 5, ball.shape)
    scores, first_mask = play(
        OnnxEngine(ZOO), Scene(Volume(voxels, np.ones(3)), ball, np.array([22, 25, 24]))
    )
    assert len(scores) == CLICKS
    assert first_mask.shape == ball.shape
    assert scores[0] == pytest.approx(2 * (first_mask & ball).sum() / (first_mask.sum() + ball.sum()))
    assert min(scores) > 0.7

"""The evaluation's reader, baseline and cases."""

from pathlib import Path

import numpy as np

from sam3d.data.volume_store import read_entries
from sam3d.evaluation.cases import select_cases
from sam3d.evaluation.metrics import dice
from sam3d.evaluation.protocols import CLICKS, corrected
from sam3d.evaluation.region_growing import region_growing, without_noise
from sam3d.evaluation.simulated_reader import GridClick, first_click, next_click

SPACING = np.array([2.0, 1.0, 1.0])


def box(low: int, high: int) -> np.ndarray:
    mask = np.zeros((30, 30, 30), bool)
    mask[low:high, low:high, low:high] = True
    return mask


def test_first_click_is_deep_inside() -> None:
    truth = box(5, 25)
    click = first_click(truth, SPACING, np.random.default_rng(0))
    assert click.include
    assert box(9, 21)[tuple(click.voxel)]


def test_next_click_corrects_the_largest_error() -> None:
    everywhere = np.ones((30, 30, 30), bool)
    missed = next_click(box(5, 10), box(5, 25), everywhere, SPACING)
    extra = next_click(box(5, 25), box(5, 10), everywhere, SPACING)
    assert missed is not None and missed.include
    assert extra is not None and not extra.include
    assert next_click(box(5, 25), box(5, 25), everywhere, SPACING) is None


def test_each_answer_is_corrected_and_scored() -> None:
    truth, answers, clicks = box(5, 25), iter([box(5, 15), box(5, 20), box(5, 25)]), []

    def answer(click: GridClick) -> np.ndarray:
        clicks.append(click)
        return next(answers)

    play = corrected(box(5, 10), answer, truth, np.ones_like(truth), SPACING)
    assert len(play.dice) == len(play.nsd) == CLICKS
    assert play.dice[:4] == [dice(box(5, high), truth) for high in (10, 15, 20, 25)]
    assert len(clicks) == 3  # then nothing is left to correct
    assert play.dice[3:] == play.nsd[3:] == [1.0] * 3
    assert play.nsd[0] < play.nsd[2] < 1


def test_region_growing_finds_a_homogeneous_box() -> None:
    truth = box(8, 22)
    image = np.where(truth, 100.0, 0.0) + np.random.default_rng(0).normal(0, 5, truth.shape)
    mask = region_growing(without_noise(image.astype(np.float32)), np.array([[15.0, 15, 15]]), np.ones(1))
    assert dice(mask, truth) > 0.8


def test_region_growing_keeps_away_from_excluded_points() -> None:
    image = np.zeros((30, 30, 30), np.float32)
    mask = region_growing(image, np.array([[5.0, 15, 15], [25, 15, 15]]), np.array([1.0, 0.0]))
    assert mask[15, 15, 5]
    assert not mask[15, 15, 25]


def test_cases_are_never_trained_on(data: Path) -> None:
    entries = {entry["id"]: entry for entry in read_entries(data)}
    cases = select_cases(list(entries.values()))
    assert cases
    assert all(entries[case.entry_id]["split"] == "dev" for case in cases)


def test_cases_know_what_can_be_measured(data: Path) -> None:
    entries = {entry["id"]: entry for entry in read_entries(data)}
    cases = select_cases(list(entries.values()))
    assert {case.modality for case in cases} == {"CT", "MR", "PET", "US"}
    assert {case.set_name for case in cases if not case.spacing_known} == {
        "prostate MR",
        "prostate US",
        "right ventricle cavity",
        "left ventricle myocardium",
        "left ventricle cavity",
        "left atrium cavity",
    }
    assert all(case.patient == entries[case.entry_id]["patient"] for case in cases)
    assert all(case.patient for case in cases)
